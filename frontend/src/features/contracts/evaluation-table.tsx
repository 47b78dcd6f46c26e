import { useLingui } from "@lingui/react";
import { Button, Card, SimpleGrid, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { ContractState } from "../../shared/ui/contract-state";
import { count, percent } from "../../shared/ui/numbers";

interface Span {
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface EvaluationResult {
  verdict: string;
  parts: {
    key: string;
    title: string;
    target: number;
    correct: number;
    items: number;
    value: number | null;
    low: number;
    high: number;
    p_value: number;
    state: string;
    additional_samples_needed: number | null;
  }[];
  errors: {
    item_id: number;
    name: string;
    true_label: string;
    predicted_label: string;
    confidence: number;
  }[];
  agreement: (Span & { items: number }) | null;
  prediction_powered: (Span & { unlabeled: number }) | null;
  stratified?: (Span & { next_hundred: number[] }) | null;
}

/** The result of an evaluation, part by part. */
export function EvaluationTable({ result }: { result: EvaluationResult }) {
  const { i18n } = useLingui();
  const rate = (value: number | null) => percent(value ?? 0, i18n.locale);
  const { agreement, prediction_powered: powered, stratified } = result;
  return (
    <>
      <Table.ScrollContainer minWidth={680}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{i18n._("Part")}</Table.Th>
              <Table.Th scope="col">{i18n._("Result")}</Table.Th>
              <Table.Th scope="col">{i18n._("Minimum")}</Table.Th>
              <Table.Th scope="col">{i18n._("Accuracy (95% interval)")}</Table.Th>
              <Table.Th scope="col">{i18n._("Correct")}</Table.Th>
              <Table.Th scope="col">{i18n._("p (one-sided, Holm-adjusted)")}</Table.Th>
              <Table.Th scope="col">{i18n._("Items still needed")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {result.parts.map((part) => (
              <Table.Tr key={part.key}>
                <Table.Th scope="row">{part.title || i18n._("All items")}</Table.Th>
                <Table.Td>
                  <ContractState state={part.state} />
                </Table.Td>
                <Table.Td className="num">{`> ${rate(part.target)}`}</Table.Td>
                <Table.Td className="num">
                  {part.value === null ? "–" : rate(part.value)} ({rate(part.low)} – {rate(part.high)})
                </Table.Td>
                <Table.Td className="num">
                  {count(part.correct, i18n.locale)} / {count(part.items, i18n.locale)}
                </Table.Td>
                <Table.Td className="num">
                  {part.p_value < 0.0001 ? "< 0.0001" : part.p_value.toFixed(4)}
                </Table.Td>
                <Table.Td className="num">
                  {part.state !== "inconclusive"
                    ? "–"
                    : part.additional_samples_needed === null
                      ? i18n._("More items alone will not pass this model")
                      : i18n._("about {items}", {
                          items: count(part.additional_samples_needed, i18n.locale),
                        })}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {agreement && agreement.value !== null && agreement.items >= 10 && (
        <Text size="sm" c="dimmed">
          {i18n._(
            "Annotators agree on {value} of annotations ({low} to {high}). Accuracy cannot mean much above that.",
            { value: rate(agreement.value), low: rate(agreement.low), high: rate(agreement.high) },
          )}
        </Text>
      )}
      {powered && (
        <Text size="sm" c="dimmed">
          {i18n._(
            "With {unlabeled} unlabeled held-out items, the prediction-powered estimate is {value} ({low} to {high}). It does not count for the verdict.",
            {
              unlabeled: count(powered.unlabeled, i18n.locale),
              value: rate(powered.value),
              low: rate(powered.low),
              high: rate(powered.high),
            },
          )}
        </Text>
      )}
      {stratified && (
        <Text size="sm" c="dimmed">
          {i18n._(
            "Stratified by the model's confidence: {value} ({low} to {high}). The next 100 labels tell most if spread {spread}, from the least to the most confident fifth.",
            {
              value: rate(stratified.value),
              low: rate(stratified.low),
              high: rate(stratified.high),
              spread: stratified.next_hundred.join(" · "),
            },
          )}
        </Text>
      )}
    </>
  );
}

/** Errors by confidence, as images. */
export function ContractErrors({ result }: { result: EvaluationResult }) {
  const { i18n } = useLingui();
  const [isOpen, panel] = useDisclosure(false);
  if (result.errors.length === 0) return null;
  return (
    <>
      <Button variant="subtle" size="compact-sm" mt="xs" aria-expanded={isOpen} onClick={panel.toggle}>
        {i18n._("{wrong, plural, one {# error} other {# errors, most confident first}}", {
          wrong: result.errors.length,
        })}
      </Button>
      {isOpen && (
        <SimpleGrid
          cols={{ base: 2, xs: 3, sm: 4, lg: 6 }}
          mt="xs"
          component="ul"
          p={0}
          style={{ listStyle: "none" }}
        >
          {result.errors.map((error) => (
            <Card key={error.item_id} withBorder padding="xs" component="li">
              <img
                src={`/api/v1/items/${error.item_id}/content/`}
                alt={error.name}
                loading="lazy"
                width="96"
                height="96"
                style={{ objectFit: "contain" }}
              />
              <Text size="xs">
                {i18n._("{truth}, predicted {answered} ({confidence})", {
                  truth: error.true_label,
                  answered: error.predicted_label,
                  confidence: percent(error.confidence, i18n.locale, 0),
                })}
              </Text>
            </Card>
          ))}
        </SimpleGrid>
      )}
    </>
  );
}
