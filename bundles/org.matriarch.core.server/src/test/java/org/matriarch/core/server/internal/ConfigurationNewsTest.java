package org.matriarch.core.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.event.Event;
import org.matriarch.api.event.Events;
import org.matriarch.api.server.ServersListener;

@Timeout(60)
@SuppressWarnings("JdkObsolete") // the only Dictionary there is
final class ConfigurationNewsTest {

    @TempDir
    Path data;

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<Event> published = new CopyOnWriteArrayList<>();
    private final Events events = published::add;
    private final ServersListener listener = told::add;

    private ConfiguredServers servers;
    private ServerFiles files;
    private ConfigurationNews news;

    @BeforeEach
    void start() {
        servers = new ConfiguredServers(data);
        files = new ServerFiles(servers);
        news = new ConfigurationNews(servers);
        new GlobalFile(servers).updated(null);
    }

    @AfterEach
    void stop() {
        news.deactivate();
    }

    @Test
    void tellsAListenerWhatIsThereAndWhatChanges() {
        files.updated("org.matriarch.server~a", new Hashtable<>(Map.of("conninfo", "host=a")));
        news.addListener(name -> {
            throw new IllegalStateException("oops");
        });
        news.addListener(listener);
        files.updated("org.matriarch.server~b", new Hashtable<>(Map.of("conninfo", "host=b")));
        files.deleted("org.matriarch.server~a");

        await().untilAsserted(() -> assertThat(told).endsWith("b", "a"));
        assertThat(told).startsWith("a");
        assertThat(files.getName()).isEqualTo("servers of Matriarch");
    }

    @Test
    void tellsAListenerThatLeftNothingMore() {
        List<String> other = new CopyOnWriteArrayList<>();
        news.addListener(listener);
        news.removeListener(listener);
        news.addListener(other::add);

        files.updated("org.matriarch.server~a", new Hashtable<>(Map.of("conninfo", "host=a")));

        await().untilAsserted(() -> assertThat(other).isNotEmpty().containsOnly("a"));
        assertThat(told).isEmpty();
    }

    @Test
    void publishesWhatIsRefused() {
        files.updated("org.matriarch.server~early", new Hashtable<>(Map.of()));
        news.setEvents(events);
        files.updated(
                "org.matriarch.server~a",
                new Hashtable<>(Map.of("conninfo", "host=a", "active", "maybe", "nonsense", "1")));

        await().untilAsserted(
                        () -> assertThat(published).extracting(Event::server).contains("early", "a"));
        assertThat(published.get(published.size() - 1).message())
                .isEqualTo(
                        "active = 'maybe' in 'org.matriarch.server~a' is not allowed; allowed is on, off, true, false,"
                                + " yes, no, 1 or 0 (and 1 more)");
    }

    @Test
    void publishesThatARefusedFileIsInForceOrGone() {
        news.setEvents(events);
        files.updated("org.matriarch.server~a", new Hashtable<>(Map.of("conninfo", "host=a")));
        files.updated("org.matriarch.server~a", new Hashtable<>(Map.of("conninfo", "host=a", "active", "maybe")));
        files.updated("org.matriarch.server~b", new Hashtable<>(Map.of()));
        await().untilAsserted(() -> assertThat(published).hasSize(2));

        files.updated("org.matriarch.server~a", new Hashtable<>(Map.of("conninfo", "host=a")));
        files.deleted("org.matriarch.server~b");

        await().untilAsserted(() -> assertThat(published).hasSize(4));
        assertThat(published.subList(2, 4))
                .extracting(Event::type, Event::server, Event::message)
                .containsExactly(
                        tuple(Event.Type.CONFIGURATION_ACCEPTED, "a", "what the file says is in force"),
                        tuple(Event.Type.CONFIGURATION_ACCEPTED, "b", "the file that was refused is gone"));
    }

    @Test
    void goesOnWithoutEvents() {
        news.setEvents(events);
        news.unsetEvents(event -> {});
        news.unsetEvents(events);
        news.addListener(listener);

        files.updated("org.matriarch.server~bad", new Hashtable<>(Map.of()));
        files.updated("org.matriarch.server~a", new Hashtable<>(Map.of("conninfo", "host=a")));

        await().untilAsserted(() -> assertThat(told).containsExactly("a"));
        assertThat(published).isEmpty();
    }

    @Test
    void isQuietAfterItsEnd() {
        news.deactivate();

        news.addListener(listener);

        assertThat(told).isEmpty();
    }
}
