package org.matriarch.shell.internal.command;

import org.matriarch.shell.internal.output.Console;

/** One call of a command: its words, where it prints, and what it may call. */
public record Invocation(Words words, Console console, Services services) {}
