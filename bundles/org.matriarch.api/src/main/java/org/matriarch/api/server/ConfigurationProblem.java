package org.matriarch.api.server;

/**
 * Why a configuration file, or one value in it, is refused.
 *
 * @param file the file's name in {@code etc/}
 * @param key the key at fault; empty if it is the file
 * @param value the refused value, with secrets masked
 * @param reason what is wrong and what is allowed; lower case, no full stop
 */
public record ConfigurationProblem(String file, String key, String value, String reason) {}
