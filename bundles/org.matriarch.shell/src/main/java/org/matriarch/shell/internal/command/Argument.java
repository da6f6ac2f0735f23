package org.matriarch.shell.internal.command;

/**
 * A word that a command takes by its position.
 *
 * @param required whether it must be given; only the last argument may be left out
 * @param many whether one or more may be given; only the last argument
 */
public record Argument(String name, String description, boolean required, boolean many, Suggestions suggestions) {}
