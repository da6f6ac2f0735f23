package org.matriarch.notify.command.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Read from {@code etc/org.matriarch.notify.command-<name>.cfg}; one file configures one notifier. */
@ObjectClassDefinition(name = "Command notifier", description = "Has a program tell somebody what happened.")
@interface CommandNotifierConfig {

    /** Returns the notifier's id; the key is {@code matriarch.notifier.id}, so it is also the service property. */
    @AttributeDefinition(
            name = "Notifier id",
            description = "The name under which 'plugin:list' and the log speak of it.")
    String matriarch_notifier_id();

    /** Returns the program that tells. */
    @AttributeDefinition(
            name = "Program",
            description = "Program and arguments, run without a shell; reads the event as JSON from standard input.")
    String program();

    /** Returns the types of events to tell of. */
    @AttributeDefinition(
            name = "Events",
            description = "Types of events to tell of, with commas between them; all if not set.",
            required = false)
    String events();

    /** Returns the servers to tell of. */
    @AttributeDefinition(
            name = "Servers",
            description = "Names of servers to tell of, with commas between them; all if not set.",
            required = false)
    String servers();

    /** Returns how long the program may take. */
    @AttributeDefinition(
            name = "Timeout",
            description = "How long the program may take before it is killed, from 1 to 50 SECONDS.",
            required = false)
    String timeout() default "30 SECONDS";
}
