import { useLingui } from "@lingui/react";
import { Card, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../shared/api/client";
import { count, moment, percent } from "../../shared/ui/numbers";
import { Stat, Stats } from "../../shared/ui/stat";
import { SampleSizeTable, type Terms } from "./sample-size-table";

type Contract = Schemas["ContractOut"];

/** What both sides agree on: in numbers, then in words, then what it takes. */
export function AgreedTerms({ contract }: { contract: Contract }) {
  const { i18n } = useLingui();
  const terms = contract.terms as Terms;
  const sampleSize = useQuery({
    queryKey: ["contract-sample-size", terms, contract.project_id],
    queryFn: () =>
      unwrap(
        api.POST("/api/v1/contracts/sample-size/", { body: { terms, project_id: contract.project_id } }),
      ),
  });
  const rate = (value: number) =>
    percent(value, i18n.locale, Number.isInteger(Number((value * 100).toFixed(6))) ? 0 : 1);
  const used = terms.max_submissions - contract.submissions_left;
  return (
    <section>
      <Title order={2}>{i18n._("Terms")}</Title>
      {contract.note && <Text>{contract.note}</Text>}
      <Stats>
        <Stat label={i18n._("Target accuracy")} value={`> ${rate(terms.target)}`} />
        <Stat label={i18n._("Expected accuracy")} value={rate(terms.expected)} />
        <Stat label={i18n._("False-accept risk α")} value={`≤ ${rate(terms.false_accept_risk)}`} />
        <Stat label={i18n._("False-reject risk β")} value={`≤ ${rate(terms.false_reject_risk)}`} />
        <Stat
          label={i18n._("Submissions used")}
          value={`${count(used, i18n.locale)} / ${count(terms.max_submissions, i18n.locale)}`}
        />
        <Stat
          label={i18n._("Test method")}
          value={terms.method === "anytime" ? i18n._("Sequential") : i18n._("Fixed size")}
        />
      </Stats>
      <Card withBorder padding="sm">
        <Text size="sm">
          {i18n._(
            "A model passes if the held-out test set shows that its accuracy is above {target}. A model at {target} or below passes with a probability of at most {accept}; a model of {expected} or more is rejected with a probability of at most {reject}.",
            {
              target: rate(terms.target),
              accept: rate(terms.false_accept_risk),
              expected: rate(terms.expected),
              reject: rate(terms.false_reject_risk),
            },
          )}{" "}
          {terms.method === "anytime"
            ? i18n._("The test is valid at any time: evaluating early or often does not raise the risk.")
            : i18n._("The test is run once, when the agreed number of items is labeled.")}{" "}
          {terms.new_labels_only &&
            i18n._("Only held-out items labeled after the contract came into force count.")}
        </Text>
        {sampleSize.data && <SampleSizeTable sampleSize={sampleSize.data} method={terms.method} />}
        {contract.signed_at && (
          <Text size="sm" c="dimmed" mt="xs">
            {i18n._(
              "In force since {moment}, guidelines version {guideline}. {models, plural, =0 {No model was} one {# model was} other {# models were}} evaluated on this test set before.",
              {
                moment: moment(contract.signed_at, i18n.locale),
                guideline: Number(contract.facts.guideline_version ?? 0),
                models: Number(contract.facts.versions_evaluated_before ?? 0),
              },
            )}
          </Text>
        )}
        <Text size="xs" c="dimmed" mt="xs" style={{ overflowWrap: "anywhere" }}>
          {i18n._("SHA-256 of terms")} <code>{contract.terms_hash}</code>
        </Text>
      </Card>
    </section>
  );
}
