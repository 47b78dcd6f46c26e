import { useLingui } from "@lingui/react";
import { Alert, List, Text } from "@mantine/core";
import { IconCheck, IconInfoCircle, IconX } from "@tabler/icons-react";
import type { Schemas } from "../../shared/api/client";
import { percent } from "../../shared/ui/numbers";
import type { EvaluationResult } from "./evaluation-table";

type Part = EvaluationResult["parts"][number];

/** What the test found, and why the interval beside it may seem to say something else. */
export function Verdict({
  contract,
  result,
}: {
  contract: Pick<Schemas["ContractOut"], "terms">;
  result: EvaluationResult;
}) {
  const { i18n } = useLingui();
  const whole = result.parts[0];
  if (!whole) return null;
  const { terms } = contract;
  const models = terms.max_submissions ?? 1;
  const risk = (terms.false_accept_risk ?? 0.05) / models;
  const rate = (value: number) => percent(value, i18n.locale, 1);
  const p = whole.p_value < 0.0001 ? "< 0.0001" : `= ${whole.p_value.toFixed(4)}`;
  const isPassed = result.verdict === "pass";
  const isFailed = result.verdict === "fail";
  const held = result.parts.slice(1).filter((part) => part.state !== "pass");
  const evidence = { p, target: rate(whole.target), risk: percent(risk, i18n.locale, 2) };
  return (
    <Alert
      my="sm"
      variant="light"
      color={isPassed ? "green" : isFailed ? "red" : "yellow"}
      icon={
        isPassed ? (
          <IconCheck aria-hidden />
        ) : isFailed ? (
          <IconX aria-hidden />
        ) : (
          <IconInfoCircle aria-hidden />
        )
      }
      title={
        isPassed
          ? i18n._("Passed: accuracy is shown to be above {target}.", { target: rate(whole.target) })
          : isFailed
            ? i18n._("Failed: accuracy is not shown to be above {target}.", { target: rate(whole.target) })
            : i18n._("Not decided: the evidence is not sufficient yet.")
      }
    >
      <Text size="sm">
        {whole.p_value <= risk
          ? i18n._(
              "The test asks one question: is accuracy above {target}? If it were not, a result this good would occur with a probability of p {p}, which is within the agreed {risk}.",
              evidence,
            )
          : i18n._(
              "The test asks one question: is accuracy above {target}? If it were not, a result this good would occur with a probability of p {p}; the agreed limit is {risk}.",
              evidence,
            )}{" "}
        {models > 1 && i18n._("(The false-accept risk is shared by {models} submissions.)", { models })}
      </Text>
      {isPassed && whole.low < whole.target && <IntervalNote part={whole} />}
      {held.length > 0 && (
        <List size="sm" mt={4}>
          {held.map((part) => (
            <List.Item key={part.key}>
              {part.state === "fail"
                ? i18n._("{slice} failed its own minimum of {target}.", {
                    slice: part.title,
                    target: rate(part.target),
                  })
                : i18n._("{slice} is not shown to reach its own minimum of {target} yet.", {
                    slice: part.title,
                    target: rate(part.target),
                  })}
            </List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}

/** A two-sided interval is wider than the one-sided test asks for. */
function IntervalNote({ part }: { part: Part }) {
  const { i18n } = useLingui();
  const rate = (value: number) => percent(value, i18n.locale, 1);
  return (
    <Text size="sm" mt={4}>
      {i18n._(
        "This does not contradict the 95% interval of {low} to {high}. The interval guards both ends, so it is wider: it may begin below {target} although the one-sided test against {target} is passed.",
        { low: rate(part.low), high: rate(part.high), target: rate(part.target) },
      )}
    </Text>
  );
}
