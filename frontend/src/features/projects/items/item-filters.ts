import { useLingui } from "@lingui/react";
import { useQuery } from "@tanstack/react-query";
import { api, type Schemas, unwrap } from "../../../shared/api/client";
import { useMay } from "../../../shared/api/session";
import type { Filter } from "../../../shared/ui/list/list-toolbar";
import { count } from "../../../shared/ui/numbers";
import type { Project } from "../project-frame";
import { stateTitle } from "./item-words";

type Facets = Schemas["TaskFacets"];
type Counted = "state" | "label" | "annotator_id" | "team_id" | "meta" | "attribute" | "confidence" | "split";

const DAYS = [1, 7, 30, 90] as const;
const CONFIDENCES = ["0-50", "50-80", "80-90", "90-95", "95-100"] as const;

/** By what items are filtered, with how many there are of each choice as far as they were counted. */
export function useItemFilters(project: Project, facets: Facets | undefined): Filter[] {
  const { i18n } = useLingui();
  const maySeePeople = useMay("members.read");
  const members = useQuery({
    queryKey: ["project-members", project.id],
    queryFn: () =>
      unwrap(
        api.GET("/api/v1/projects/{project_id}/members/", { params: { path: { project_id: project.id } } }),
      ),
    enabled: maySeePeople,
  });
  const teams = useQuery({
    queryKey: ["teams"],
    queryFn: () => unwrap(api.GET("/api/v1/teams/")),
    enabled: maySeePeople,
  });
  const counted = (facet: Counted, value: string, title: string): [string, string] => {
    if (!facets) return [value, title];
    const match = facets[facet].find((candidate) => candidate.value === value)?.count ?? 0;
    return [value, `${title} (${count(match, i18n.locale)}${facets.is_complete ? "" : "+"})`];
  };
  const meta = facets?.meta.map(({ value }) => counted("meta", value, value.replace(":", ": "))) ?? [];
  const attributes = attributeChoices(project).map(({ value, title, isCounted }): [string, string] =>
    isCounted ? counted("attribute", value, title) : [value, title],
  );
  const splits: [string, string][] = [
    ["train", i18n._("Training")],
    ["test", i18n._("Test")],
    ["excluded", i18n._("Excluded")],
    ["none", i18n._("Not in a snapshot yet")],
  ];
  const filters: Filter[] = [
    {
      name: "state",
      label: i18n._("State"),
      options: (["open", "review", "done", "skipped"] as const).map((state) =>
        counted("state", state, stateTitle(i18n, state)),
      ),
    },
    {
      name: "label",
      label: i18n._("Label"),
      options: project.labels.map((label) => counted("label", label.id, label.name)),
    },
    {
      name: "annotator_id",
      label: i18n._("Annotator"),
      options: (members.data?.results ?? []).map((row) =>
        counted("annotator_id", String(row.user_id), row.name),
      ),
    },
    { name: "meta", label: i18n._("Metadata"), options: meta },
    {
      name: "is_conflict",
      label: i18n._("Conflicts"),
      isRare: true,
      options: [
        ["true", `${i18n._("Conflicts")} (${count(project.conflict_count, i18n.locale)})`],
        ["false", i18n._("No conflict")],
      ],
    },
    {
      name: "has_agreement",
      label: i18n._("Consensus"),
      isRare: true,
      options: [
        ["true", i18n._("Several annotations")],
        ["false", i18n._("One annotation or none")],
      ],
    },
    {
      name: "annotated_within_days",
      label: i18n._("Annotation date"),
      isRare: true,
      options: DAYS.map((days) => [
        String(days),
        i18n._("{days, plural, one {In the last day} other {In the last # days}}", { days }),
      ]),
    },
    {
      name: "confidence",
      label: i18n._("Confidence of the prediction"),
      isRare: true,
      options: CONFIDENCES.map((range) => counted("confidence", range, `${range.replace("-", "–")}%`)),
    },
    { name: "attribute", label: i18n._("Attribute"), isRare: true, options: attributes },
    {
      name: "split",
      label: i18n._("Split"),
      isRare: true,
      options: splits.map(([split, title]) => counted("split", split, title)),
    },
    {
      name: "team_id",
      label: i18n._("Team"),
      isRare: true,
      options: (teams.data?.results ?? []).map((row) => counted("team_id", String(row.id), row.name)),
    },
  ];
  return filters.filter((filter) => filter.options.length > 0);
}

interface AttributeChoice {
  value: string;
  title: string;
  isCounted: boolean;
}

/** Value and title of each choice of an attribute; of one without choices, whether it is set. */
function attributeChoices(project: Project): AttributeChoice[] {
  return project.attributes.flatMap((attribute): AttributeChoice[] => {
    const values = attribute.type === "flag" ? ["true", "false"] : (attribute.options ?? []);
    if (values.length === 0) return [{ value: attribute.id, title: attribute.name, isCounted: false }];
    return values.map((value) => ({
      value: `${attribute.id}:${value}`,
      title: `${attribute.name}: ${value}`,
      isCounted: true,
    }));
  });
}
