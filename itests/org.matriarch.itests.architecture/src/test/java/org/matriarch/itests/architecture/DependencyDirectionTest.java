package org.matriarch.itests.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The directions of docs/architecture.md, as failing builds. */
@AnalyzeClasses(packages = "org.matriarch", importOptions = ImportOption.DoNotIncludeTests.class)
final class DependencyDirectionTest {

    private static final String API = "org.matriarch.api..";
    private static final String SPI = "org.matriarch.spi..";
    private static final String TESTKIT = "org.matriarch.testkit..";
    private static final String[] PLUGINS = {
        "org.matriarch.storage..", "org.matriarch.transport..", "org.matriarch.compression..", "org.matriarch.hook.."
    };
    private static final String[] DOORS = {
        "org.matriarch.shell..", "org.matriarch.jmx..", "org.matriarch.http..", "org.matriarch.console.."
    };

    /** What the JDK brings, and annotations that nobody needs at run time. */
    private static final String[] JDK = {"java..", "javax..", "org.jspecify.annotations..", "org.osgi.annotation.."};

    @ArchTest
    static final ArchRule apiKnowsTheJdkAlone = classes()
            .that()
            .resideInAPackage(API)
            .should()
            .onlyDependOnClassesThat(resideInAPackage(API).or(resideInAnyPackage(JDK)))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule spiKnowsTheApiAlone = classes()
            .that()
            .resideInAPackage(SPI)
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(SPI, API).or(resideInAnyPackage(JDK)))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule pluginsSeeSpiAndApiAlone = noClasses()
            .that()
            .resideInAnyPackage(PLUGINS)
            .should()
            .dependOnClassesThat(ownClassesOutside(PLUGINS, API, SPI))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule pluginsDoNotSeeEachOther = slices().matching(
                    "org.matriarch.(storage|transport|compression|hook).(*)..")
            .should()
            .notDependOnEachOther()
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule doorsSeeTheApiAlone = noClasses()
            .that()
            .resideInAnyPackage(DOORS)
            .should()
            .dependOnClassesThat(ownClassesOutside(DOORS, API))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule doorsDoNotSeeEachOther = slices().matching("org.matriarch.(shell|jmx|http|console)..")
            .should()
            .notDependOnEachOther()
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule coreSeesSpiAndApiAlone = noClasses()
            .that()
            .resideInAPackage("org.matriarch.core..")
            .should()
            .dependOnClassesThat(ownClassesOutside(new String[] {"org.matriarch.core.."}, API, SPI))
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule coreBundlesMeetOnlyThroughServices = slices().matching("org.matriarch.core.(*)..")
            .should()
            .notDependOnEachOther()
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule everythingButApiSpiAndTestkitIsInternal = classes()
            .that()
            .resideOutsideOfPackages(API, SPI, TESTKIT)
            .should()
            .resideInAPackage("..internal..")
            .allowEmptyShould(true);

    private static DescribedPredicate<JavaClass> ownClassesOutside(String[] family, String... others) {
        return resideInAPackage("org.matriarch..")
                .and(resideOutsideOfPackages(family))
                .and(resideOutsideOfPackages(others));
    }
}
