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
    static String of(List<GateCommand.Compared> compared) {
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
            for (GateCommand.Compared cell : compared) {
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

    private static void testCase(XMLStreamWriter xml, GateCommand.Compared compared) throws XMLStreamException {
        CellResult result = compared.result();
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", result.scenario().id());
        xml.writeAttribute("name", result.cell().toString());
        xml.writeAttribute("time", "%.3f".formatted(result.seconds()));
        if (!compared.complaints().isEmpty()) {
            xml.writeStartElement("failure");
            xml.writeAttribute("message", String.join("; ", compared.complaints()));
            xml.writeCharacters(TextReport.full(result));
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }
}
