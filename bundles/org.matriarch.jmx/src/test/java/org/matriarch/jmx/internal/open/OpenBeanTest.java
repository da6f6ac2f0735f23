package org.matriarch.jmx.internal.open;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.management.Attribute;
import javax.management.AttributeNotFoundException;
import javax.management.MBeanException;
import javax.management.MBeanOperationInfo;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.SimpleType;
import javax.security.auth.Subject;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;
import org.junit.jupiter.api.Test;
import org.matriarch.api.access.Role;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

final class OpenBeanTest {

    private record Part(String name, Optional<Integer> size) {}

    private static final OpenFields<Part> PART = OpenFields.<Part>of("Part", "A part")
            .text("name", "what it is called", Part::name)
            .number("size", "how large it is", Part::size)
            .build();

    private final OpenBean bean = OpenBean.describedAs("a bean")
            .attributes(PART, () -> new Part("one", Optional.of(7)))
            .attribute("Broken", "fails", SimpleType.STRING, () -> {
                throw new MatriarchException(ErrorCode.STORE_FAILED, "no disk", "look at it.");
            })
            .look("list", "lists", PART.arrayType(), arguments -> PART.show(List.of(new Part("two", Optional.empty()))))
            .act(
                    "delete",
                    "deletes",
                    Role.ADMIN,
                    SimpleType.STRING,
                    arguments -> "deleted " + arguments.text(0) + arguments.flag(1) + arguments.number(2),
                    Param.text("what", "what to delete"),
                    Param.flag("dryRun", "only look"),
                    Param.number("times", "how often"))
            .act("fail", "fails", Role.VIEWER, SimpleType.STRING, arguments -> {
                throw new UnsupportedOperationException("a bug");
            })
            .build();

    @Test
    void showsFieldsAsAttributes() throws Exception {
        assertThat(bean.getAttribute("Name")).isEqualTo("one");
        assertThat(bean.getAttribute("Size")).isEqualTo(7L);
        assertThat(bean.getAttributes(new String[] {"Name", "Broken", "Nothing"}))
                .containsExactly(new Attribute("Name", "one"));
        assertThatThrownBy(() -> bean.getAttribute("Nothing")).isInstanceOf(AttributeNotFoundException.class);
        assertThatThrownBy(() -> bean.setAttribute(new Attribute("Name", "x")))
                .isInstanceOf(AttributeNotFoundException.class);
        assertThat(bean.setAttributes(bean.getAttributes(new String[] {"Name"})))
                .isEmpty();
    }

    @Test
    void leavesEmptyWhatIsNotKnown() throws Exception {
        CompositeData[] parts = (CompositeData[]) bean.invoke("list", null, null);

        assertThat(parts[0].get("name")).isEqualTo("two");
        assertThat(parts[0].get("size")).isNull();
    }

    @Test
    void describesItself() {
        assertThat(bean.getMBeanInfo().getDescription()).isEqualTo("a bean");
        assertThat(List.of(bean.getMBeanInfo().getOperations()))
                .extracting(MBeanOperationInfo::getDescription)
                .containsExactly("lists (role: viewer)", "deletes (role: admin)", "fails (role: viewer)");
    }

    @Test
    void saysWhatFailedWithoutClassesOfOurs() {
        assertThatThrownBy(() -> bean.getAttribute("Broken"))
                .isInstanceOf(MBeanException.class)
                .hasMessage("MATR-2002: no disk\nHINT: look at it.")
                .hasCauseExactlyInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> bean.invoke("fail", null, null)).hasMessageContaining("MATR-9001: unable to answer");
    }

    @Test
    void refusesArgumentsThatItDoesNotTake() {
        assertThatThrownBy(() -> bean.invoke("delete", new Object[] {"x"}, null))
                .hasMessageContaining("MATR-1003: no operation 'delete' with 1 arguments");
        assertThatThrownBy(() -> bean.invoke("delete", new Object[] {"x", "y", 1L}, null))
                .hasMessageContaining("MATR-1003: argument 'dryRun' of 'delete' is not a java.lang.Boolean");
        assertThatThrownBy(() -> bean.invoke("delete", new Object[] {" ", null, null}, null))
                .hasMessageContaining("MATR-1003: argument 1 of 'delete' is empty");
    }

    @Test
    void asksForTheRole() throws Exception {
        Object[] arguments = {" x ", true, null};

        assertThat(as("admin", () -> bean.invoke("delete", arguments, null))).isEqualTo("deleted xtrue0");
        assertThat(as("viewer", () -> bean.getAttribute("Name"))).isEqualTo("one");
        assertThatThrownBy(() -> as("operator", () -> bean.invoke("delete", arguments, null)))
                .hasMessageContaining("MATR-1006: delete needs the role 'admin', and user 'somebody' has 'operator'");
        assertThatThrownBy(() -> as("ssh", () -> bean.getAttribute("Name"))).hasMessageContaining("MATR-1006: ");
        assertThat(bean.invoke("delete", arguments, null)).isEqualTo("deleted xtrue0"); // nobody: inside this process
    }

    @SuppressWarnings("removal")
    private static Object as(String role, PrivilegedExceptionAction<Object> action) throws Exception {
        var principals = Set.of(new UserPrincipal("somebody"), new RolePrincipal(role));
        try {
            return Subject.doAs(new Subject(true, principals, Set.of(), Set.of()), action);
        } catch (PrivilegedActionException e) {
            throw e.getException();
        }
    }
}
