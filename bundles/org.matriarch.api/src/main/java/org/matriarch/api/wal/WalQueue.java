package org.matriarch.api.wal;

/**
 * How many WAL files of a server are here and not in its archive.
 *
 * @param incoming that were handed over and wait to be archived
 * @param streaming that were received and wait to be archived
 * @param errors that were put aside, for an operator to decide about
 */
public record WalQueue(long incoming, long streaming, long errors) {}
