import type { I18n } from "@lingui/core";
import { useLingui } from "@lingui/react";
import { Badge } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Schemas } from "../../shared/api/client";
import { count, percent } from "../../shared/ui/numbers";
import styles from "./parts.module.css";

export type Version = Schemas["VersionOut"];

export function Aliases({ names }: { names: string[] }) {
  return (
    <>
      {names.map((name) => (
        <Badge key={name} variant="light" tt="none">
          {name}
        </Badge>
      ))}
    </>
  );
}

/** Whether a version is in use, out of the way, or gone. */
export function VersionState({ state }: { state: string }) {
  const { i18n } = useLingui();
  if (state === "ready") return null;
  return (
    <span className="state">
      {state === "archived" ? `▢ ${i18n._("Archived")}` : `✕ ${i18n._("Deleted, record kept")}`}
    </span>
  );
}

/** Images and what a model predicted for them; each opens in the review of its task. */
export function Pictures({
  rows,
  projectId,
}: {
  rows: Schemas["HeldOutPredictionOut"][];
  projectId: number;
}) {
  const { i18n } = useLingui();
  return (
    <ul className={styles.mistakes}>
      {rows.map((row) => (
        <li key={row.item_id}>
          <Link to={row.task_id ? `/projects/${projectId}/items?item=${row.task_id}` : "#"}>
            <img src={row.image} alt={row.name} width="120" height="120" loading="lazy" />
          </Link>
          <span>{i18n._("Ground truth: {label}", { label: row.true_label })}</span>
          <br />
          <span className={row.true_label === row.predicted_label ? "good" : "bad"}>
            {i18n._("Predicted: {label}", { label: row.predicted_label })}
          </span>
          {row.confidence !== null && (
            <span className="muted num"> {percent(row.confidence, i18n.locale, 0)}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

/** How often each true class (row) was answered as each class (column); each count opens its items. */
export function ConfusionMatrix({ evaluation }: { evaluation: Schemas["EvaluationOut"] }) {
  const { i18n } = useLingui();
  const { confusion, names } = evaluation;
  if (names.length > 30) {
    return <p className="muted">{i18n._("More than 30 classes: see the per-class table.")}</p>;
  }
  return (
    <div className="scroll">
      <ConfusionTable
        confusion={confusion}
        names={names}
        cell={(value, { row, column }) => {
          const [truth, prediction] = [names[row] ?? "", names[column] ?? ""];
          if (value === 0) return count(value, i18n.locale);
          return (
            <Link
              to={`?${predictionsAddress(truth, prediction)}`}
              aria-label={cellTitle(i18n, value, truth, prediction)}
            >
              {count(value, i18n.locale)}
            </Link>
          );
        }}
      />
    </div>
  );
}

/** The tab of a version that lists a cell's items, as the address has it. */
function predictionsAddress(truth: string, prediction: string): string {
  return new URLSearchParams({
    tab: "errors",
    ...(truth === prediction && { is_correct: "true" }),
    true_label: truth,
    predicted_label: prediction,
  }).toString();
}

/** What a cell of a confusion matrix counts. */
export function cellTitle(i18n: I18n, items: number, truth: string, prediction: string): string {
  if (truth === prediction)
    return i18n._("{count, plural, one {# item} other {# items}} of {truth} predicted correctly", {
      count: items,
      truth,
    });
  return i18n._("{count, plural, one {# item} other {# items}} of {truth} predicted as {prediction}", {
    count: items,
    truth,
    prediction,
  });
}

/** A confusion matrix as a table; `cell` says what stands for a count of the class `row` predicted as `column`. */
export function ConfusionTable({
  confusion,
  names,
  title,
  cell,
}: {
  confusion: number[][];
  names: string[];
  title?: string;
  cell: (value: number, at: { row: number; column: number; total: number }) => ReactNode;
}) {
  const { i18n } = useLingui();
  return (
    <table className={styles.confusion}>
      <caption className="muted">
        {title ? `${title}: ` : ""}
        {i18n._("Rows: ground truth; columns: predictions")}
      </caption>
      <thead>
        <tr>
          <td />
          {names.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {confusion.map((values, row) => {
          const total = values.reduce((sum, value) => sum + value, 0);
          return (
            <tr key={names[row]}>
              <th scope="row">{names[row]}</th>
              {values.map((value, column) => (
                <td
                  // biome-ignore lint/suspicious/noArrayIndexKey: a matrix has no other key
                  key={column}
                  className={`num ${row === column ? styles.right : value > 0 ? styles.wrong : "muted"}`}
                  style={{ "--share": total ? value / total : 0 } as React.CSSProperties}
                >
                  {cell(value, { row, column, total })}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
