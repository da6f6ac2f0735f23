package org.matriarch.compression.command.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Read from {@code etc/org.matriarch.compression.command-<name>.cfg}; one file configures one compressor. */
@ObjectClassDefinition(name = "Command compressor", description = "Compresses WAL with a program that is a filter.")
@interface CommandConfig {

    // Two underscores of a name are the one of its key; a single one would be a dot.

    /** Returns the compressor's id; the key is {@code matriarch.compressor.id}, so it is also the service property. */
    @AttributeDefinition(name = "Compressor id", description = "The value of 'compression' that means this program.")
    String matriarch_compressor_id();

    /** Returns the program that compresses. */
    @AttributeDefinition(
            name = "Compress",
            description = "Program and arguments; reads standard input, writes standard output. '{level}' becomes the"
                    + " level.")
    String compress();

    /** Returns the program that decompresses. */
    @AttributeDefinition(
            name = "Decompress",
            description = "Program and arguments; has to fail if its input is damaged or ends early.")
    String decompress();

    /** Returns the magic number. */
    @AttributeDefinition(
            name = "Magic number",
            description = "What compressed files begin with, as hexadecimal digits: 2 to 16 bytes.")
    String magic();

    /** Returns the level to take if none is configured. */
    @AttributeDefinition(
            name = "Default level",
            description = "What '{level}' becomes if 'compression_level' is not set.",
            required = false)
    int default__level();

    /** Returns the level that is meant by {@code low}. */
    @AttributeDefinition(
            name = "Low level",
            description = "What '{level}' becomes if 'compression_level' is 'low'; the default level if not set.",
            required = false)
    int low__level();

    /** Returns the level that is meant by {@code medium}. */
    @AttributeDefinition(
            name = "Medium level",
            description = "What '{level}' becomes if 'compression_level' is 'medium'; the default level if not set.",
            required = false)
    int medium__level();

    /** Returns the level that is meant by {@code high}. */
    @AttributeDefinition(
            name = "High level",
            description = "What '{level}' becomes if 'compression_level' is 'high'; the default level if not set.",
            required = false)
    int high__level();

    /** Returns how long to wait for the program. */
    @AttributeDefinition(
            name = "Timeout (s)",
            description = "How long the program may neither take nor give a byte before it is killed.",
            min = "1",
            max = "86400",
            required = false)
    int timeout__seconds() default 60;
}
