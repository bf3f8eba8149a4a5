package racewalk.cli;

import java.io.StringWriter;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** The gate's results as JUnit XML, for continuous integration: a test case for each cell. */
final class JUnitReport {

    private JUnitReport() {}

    /** The XML of one test suite. */
    static String of(List<Compared> compared) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuite");
            xml.writeAttribute("name", "racewalk gate");
            xml.writeAttribute("tests", Integer.toString(compared.size()));
            xml.writeAttribute(
                    "failures",
                    Long.toString(compared.stream()
                            .filter(c -> !c.complaints().isEmpty())
                            .count()));
            xml.writeAttribute(
                    "skipped",
                    Long.toString(compared.stream().filter(Compared::isSkipped).count()));
            for (Compared cell : compared) {
                testCase(xml, cell);
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }

    private static void testCase(XMLStreamWriter xml, Compared compared) throws XMLStreamException {
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", compared.entry().scenario());
        xml.writeAttribute("name", compared.job().cell().toString());
        double seconds = compared.isSkipped() ? 0 : compared.result().seconds();
        xml.writeAttribute("time", "%.3f".formatted(seconds));
        if (!compared.complaints().isEmpty()) {
            xml.writeStartElement("failure");
            xml.writeAttribute("message", String.join("; ", compared.complaints()));
            if (!compared.isSkipped()) {
                xml.writeCharacters(TextReport.full(compared.result()));
            }
            xml.writeEndElement();
        } else if (compared.isSkipped()) {
            xml.writeStartElement("skipped");
            xml.writeAttribute("message", "nothing that it uses has changed");
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }
}
