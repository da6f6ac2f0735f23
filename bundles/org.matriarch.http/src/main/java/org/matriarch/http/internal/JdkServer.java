package org.matriarch.http.internal;

/** What the JDK's server takes from system properties alone, once, for all its servers. */
public final class JdkServer {

    private JdkServer() {}

    /** Sets what nobody else has set. To be called before the first server is made. */
    public static void tune() {
        // Else each answer waits 40 ms for an acknowledgement that the other side delays.
        set("sun.net.httpserver.nodelay", "true");
        // Else somebody who only connects can use up all files that the container may open.
        set("jdk.httpserver.maxConnections", "1024");
        set("sun.net.httpserver.maxReqHeaders", "64");
    }

    private static void set(String name, String value) {
        System.setProperty(name, System.getProperty(name, value));
    }
}
