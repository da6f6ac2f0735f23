package org.matriarch.notify.command.internal;

import java.util.Map;
import java.util.Optional;
import org.matriarch.spi.configuration.LastGood;
import org.matriarch.spi.configuration.Reconfigurable;
import org.matriarch.spi.notify.Notification;
import org.matriarch.spi.notify.Notifier;
import org.matriarch.spi.notify.NotifierException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has a program tell somebody, one process for each notification. */
@Component(
        service = Notifier.class,
        configurationPid = "org.matriarch.notify.command",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = CommandNotifierConfig.class, factory = true)
public final class CommandNotifier implements Notifier, Reconfigurable {

    private static final Logger LOG = LoggerFactory.getLogger(CommandNotifier.class);

    private final LastGood<NotifierSettings> settings;

    /** Takes the first configuration, and waits for another if it cannot work. */
    @Activate
    public CommandNotifier(Map<String, Object> properties) {
        settings = LastGood.of(properties, NotifierSettings::of);
        tell();
    }

    CommandNotifier(NotifierSettings settings) {
        this.settings = new LastGood<>(settings, NotifierSettings::of);
    }

    /** Takes a new configuration; one that cannot work is refused, and the last good one stays in force. */
    @Modified
    void modified(Map<String, Object> properties) {
        settings.change(properties);
        tell();
    }

    private void tell() {
        settings.refused()
                .ifPresentOrElse(
                        reason -> LOG.warn("a notifier is not as configured: {}", reason),
                        () -> LOG.info(
                                "notifier '{}' runs '{}'",
                                id(),
                                settings.inForce().program().get(0)));
    }

    @Override
    public boolean isInForce() {
        return settings.isInForce();
    }

    @Override
    public Optional<String> refused() {
        return settings.refused();
    }

    @Override
    public String id() {
        return settings.inForce().id();
    }

    @Override
    public void notify(Notification notification) throws NotifierException, InterruptedException {
        if (!isInForce()) {
            return; // server:check and the log say so
        }
        NotifierSettings inForce = settings.inForce();
        if (inForce.concerns(notification.event())) {
            ProgramRun.carryOut(
                    inForce.program(),
                    EventText.environment(notification),
                    EventText.json(notification),
                    inForce.timeout());
        }
    }
}
