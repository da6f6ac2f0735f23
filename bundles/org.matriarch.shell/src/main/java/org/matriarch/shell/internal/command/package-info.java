/** The frame of every command: its words, its help, its completion and how it fails. */
@NullMarked
package org.matriarch.shell.internal.command;

import org.jspecify.annotations.NullMarked;
