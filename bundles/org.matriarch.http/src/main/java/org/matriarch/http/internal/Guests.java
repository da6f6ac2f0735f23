package org.matriarch.http.internal;

/**
 * Who may come in beside the owner of the container.
 *
 * @param logins users of the container, with their passwords
 * @param metrics what opens the metrics, and nothing else
 */
record Guests(Logins logins, MetricsToken metrics) {}
