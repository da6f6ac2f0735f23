package org.matriarch.core.plugin.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.Dictionary;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.matriarch.api.plugin.PluginInfo;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.Version;

/** Which bundles are made for another version of our interfaces. */
final class UnfitBundlesTest {

    private static final Bundle SPI = bundle(
            "org.matriarch.spi",
            "Export-Package",
            "org.matriarch.spi.compression;version=\"1.1.0\",org.matriarch.spi.hook;uses:=\"a,b\";version=1.0.0,"
                    + "org.matriarch.spi.storage;version=\"1.0.0\";uses:=\"org.jspecify.annotations\"");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "org.matriarch.spi.compression;version=\"[1.0,2)\"",
                "org.matriarch.spi.compression",
                "java.util,org.matriarch.spi.hook;resolution:=optional;version=\"[1.0,1.1)\",x;version=\"[7,8)\"",
                "org.example.compression;version=\"[2,3)\"",
                "org.matriarch.spi.unknown;version=\"[2,3)\"",
                "org.matriarch.spi.compression;version=\"nonsense\"",
                "``"
            })
    void takesWhatFits(String imports) {
        assertThat(unfit(bundle("fits", "Import-Package", imports)).list()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "org.matriarch.spi.compression;version=\"[2.0,3)\"|compressor|org.matriarch.spi.compression in version [2.0,3), this is 1.1.0",
                "a,org.matriarch.spi.compression;version=\"[1.0,1.1)\"|compressor|spi.compression in version [1.0,1.1), this is 1.1.0",
                "org.matriarch.spi.storage;version=1.5|store|org.matriarch.spi.storage in version 1.5, this is 1.0.0",
                "org.matriarch.spi.hook;x=y;version=\"[0.9,1)\";z:=\"u;v\"|hook runner|spi.hook in version [0.9,1), this is 1.0.0"
            })
    void namesBothVersionsOfWhatDoesNot(String imports, String kind, String problem) {
        assertThat(unfit(bundle("org.example.other", "Import-Package", imports)).list())
                .singleElement()
                .satisfies(plugin -> {
                    assertThat(plugin.kind()).isEqualTo(kind);
                    assertThat(plugin.state()).isEqualTo("REFUSED");
                    assertThat(plugin.bundle()).isEqualTo("org.example.other");
                    assertThat(plugin.problem().orElseThrow())
                            .startsWith("bundle 'org.example.other' 1.2.3 needs org.matriarch.")
                            .contains(problem);
                });
    }

    @Test
    void listsABundleOnce() {
        assertThat(unfit(
                                bundle("one", "Import-Package", "java.util"),
                                bundle(
                                        "two",
                                        "Import-Package",
                                        "org.matriarch.spi.hook;version=\"[2,3)\",org.matriarch.spi.storage;version=\"[2,3)\""))
                        .list())
                .extracting(PluginInfo::bundle)
                .containsExactly("two");
    }

    @Test
    void looksAtWhatComesAndAtNothingElse() {
        var looks = new AtomicInteger();
        Bundle misfit = bundle("misfit", "Import-Package", "org.matriarch.spi.hook;version=\"[2,3)\"");
        Bundle counted = (Bundle) Proxy.newProxyInstance(
                Bundle.class.getClassLoader(), new Class<?>[] {Bundle.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getHeaders")) {
                        looks.incrementAndGet();
                    }
                    return method.invoke(misfit, arguments);
                });
        UnfitBundles unfit = unfit();
        for (int type : new int[] {BundleEvent.RESOLVED, BundleEvent.STARTED, BundleEvent.UNINSTALLED}) {
            unfit.bundleChanged(new BundleEvent(type, counted));
        }
        assertThat(looks).hasValue(0);

        unfit.bundleChanged(new BundleEvent(BundleEvent.INSTALLED, counted));
        unfit.bundleChanged(new BundleEvent(BundleEvent.UPDATED, counted));
        assertThat(looks).hasValue(2);
        unfit.stop();
    }

    @Test
    void callsABundleWithoutANameByItsPlace() {
        Bundle nameless = standIn(
                Bundle.class,
                Map.of(
                        "getLocation",
                        "file:/deploy/nameless.jar",
                        "getVersion",
                        Version.emptyVersion,
                        "getHeaders",
                        FrameworkUtil.asDictionary(
                                Map.of("Import-Package", "org.matriarch.spi.rest;version=\"[2,3)\""))));
        Bundle old = bundle("old", "Export-Package", "org.matriarch.spi.rest,java.util;version=1");
        var unfit =
                new UnfitBundles(standIn(BundleContext.class, Map.of("getBundles", new Bundle[] {nameless, old})), old);

        assertThat(unfit.list()).singleElement().satisfies(plugin -> {
            assertThat(plugin.kind()).isEqualTo("rest");
            assertThat(plugin.problem().orElseThrow())
                    .startsWith(
                            "bundle 'file:/deploy/nameless.jar' 0.0.0 needs org.matriarch.spi.rest in version [2,3), this is"
                                    + " 0.0.0");
        });
    }

    private static UnfitBundles unfit(Bundle... bundles) {
        return new UnfitBundles(standIn(BundleContext.class, Map.of("getBundles", bundles)), SPI);
    }

    private static Bundle bundle(String name, String header, String value) {
        Dictionary<String, String> headers = FrameworkUtil.asDictionary(Map.of(header, value));
        return standIn(
                Bundle.class,
                Map.of("getSymbolicName", name, "getVersion", new Version("1.2.3"), "getHeaders", headers));
    }

    private static <T> T standIn(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answers.get(method.getName())));
    }
}
