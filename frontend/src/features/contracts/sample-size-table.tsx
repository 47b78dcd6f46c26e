import { useLingui } from "@lingui/react";
import { Table } from "@mantine/core";
import type { Schemas } from "../../shared/api/client";
import { count, percent } from "../../shared/ui/numbers";

/** The server fills in what is left out, so what it sends is complete. */
export type Terms = Required<Schemas["TermsIn"]>;
/** For each part: items that the terms take, and labeled test items that are there. */
export function SampleSizeTable({
  sampleSize,
  method,
}: {
  sampleSize: Schemas["SampleSizeOut"];
  method: string;
}) {
  const { i18n } = useLingui();
  const many = i18n._("more than 1,000,000");
  return (
    <Table.ScrollContainer minWidth={460}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{i18n._("Part")}</Table.Th>
            <Table.Th scope="col">{i18n._("Minimum")}</Table.Th>
            <Table.Th scope="col">{i18n._("Test items, fixed size")}</Table.Th>
            {method === "anytime" && (
              <Table.Th scope="col">{i18n._("Test items, sequential (median)")}</Table.Th>
            )}
            <Table.Th scope="col">{i18n._("Test items labeled now")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sampleSize.parts.map((part) => (
            <Table.Tr key={part.key}>
              <Table.Th scope="row">{part.title || i18n._("All items")}</Table.Th>
              <Table.Td className="num">{percent(part.target, i18n.locale)}</Table.Td>
              <Table.Td className="num">
                {part.sampling_plan
                  ? i18n._(
                      "{items}, {errors, plural, =0 {no errors} one {at most # error} other {at most # errors}}",
                      {
                        items: count(part.sampling_plan.sample_size, i18n.locale),
                        errors: part.sampling_plan.acceptance_number,
                      },
                    )
                  : many}
              </Table.Td>
              {method === "anytime" && (
                <Table.Td className="num">
                  {part.median_sample_size === null ? many : count(part.median_sample_size, i18n.locale)}
                </Table.Td>
              )}
              <Table.Td className="num">
                {part.held_out_items === null ? "–" : count(part.held_out_items, i18n.locale)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
