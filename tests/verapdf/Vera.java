import java.io.FileInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.LogManager;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Judges PDF files by veraPDF's library. Arguments: flavours joined by commas, then files. Prints tab-separated lines:
 *  JUDGED flavour file checks; then for each rule that fails: FAILED flavour file rule times message place. */
class Vera {
    static final Map<String, String> PROFILES = Map.of("ua1", "PDFUA-1.xml", "2a", "PDFA-2A.xml");

    static String text(Element element, String name) {
        NodeList found = element.getElementsByTagName(name);
        return found.getLength() == 0 ? null : found.item(0).getTextContent();
    }

    /** The profile is read with the JDK alone: the jar lacks JAXB, which veraPDF's own reader wants. */
    static ValidationProfile profile(PDFAFlavour flavour, String file) throws Exception {
        Element root;
        try (InputStream in = Vera.class.getClassLoader().getResourceAsStream("org/verapdf/pdfa/validation/" + file)) {
            root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in).getDocumentElement();
        }
        Set<Rule> rules = new HashSet<>();
        NodeList found = root.getElementsByTagName("rule");
        for (int at = 0; at < found.getLength(); at++) {
            Element rule = (Element) found.item(at);
            Element id = (Element) rule.getElementsByTagName("id").item(0);
            Element error = (Element) rule.getElementsByTagName("error").item(0);
            rules.add(Profiles.ruleFromValues(
                Profiles.ruleIdFromValues(
                    PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
                    id.getAttribute("clause"),
                    Integer.parseInt(id.getAttribute("testNumber"))),
                rule.getAttribute("object"),
                rule.hasAttribute("deferred") ? Boolean.valueOf(rule.getAttribute("deferred")) : null,
                rule.getAttribute("tags"),
                text(rule, "description"),
                text(rule, "test"),
                Profiles.errorFromValues(text(error, "message"), new ArrayList<>()),
                new ArrayList<>()));
        }
        Set<Variable> variables = new HashSet<>();
        found = root.getElementsByTagName("variable");
        for (int at = 0; at < found.getLength(); at++) {
            Element variable = (Element) found.item(at);
            variables.add(Profiles.variableFromValues(
                variable.getAttribute("name"), variable.getAttribute("object"), text(variable, "defaultValue"), text(variable, "value")));
        }
        return Profiles.profileFromValues(flavour, Profiles.profileDetailsFromValues(file, file, "", new Date(0)), "", rules, variables);
    }

    public static void main(String[] arguments) throws Exception {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        for (String name : arguments[0].split(",")) {
            PDFAFlavour flavour = PDFAFlavour.fromString(name);
            ValidationProfile profile = profile(flavour, PROFILES.get(name));
            for (int at = 1; at < arguments.length; at++) {
                try (PDFAParser parser = Foundries.defaultInstance().createParser(new FileInputStream(arguments[at]), flavour);
                     PDFAValidator validator = Foundries.defaultInstance().createValidator(profile, false)) {
                    ValidationResult result = validator.validate(parser);
                    System.out.printf("JUDGED\t%s\t%s\t%d%n", name, arguments[at], result.getTotalAssertions());
                    Map<String, Integer> times = new TreeMap<>();
                    Map<String, String> first = new TreeMap<>();
                    for (TestAssertion assertion : result.getTestAssertions()) {
                        if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                            String rule = assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber();
                            times.merge(rule, 1, Integer::sum);
                            first.putIfAbsent(rule, assertion.getMessage() + "\t" + assertion.getLocation().getContext());
                        }
                    }
                    for (String rule : times.keySet()) {
                        System.out.printf("FAILED\t%s\t%s\t%s\t%d\t%s%n", name, arguments[at], rule, times.get(rule), first.get(rule));
                    }
                } catch (Exception error) {
                    System.out.printf("JUDGED\t%s\t%s\t0%nFAILED\t%s\t%s\tnot read\t1\t%s\t%n", name, arguments[at], name, arguments[at], error);
                }
            }
        }
    }
}
