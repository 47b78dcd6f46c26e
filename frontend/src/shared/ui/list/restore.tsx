import { useLingui } from "@lingui/react";
import { Button, SegmentedControl } from "@mantine/core";
import type { ListState } from "./list-state";

/** Which rows a list shows where what was deleted can be restored; `state` has the filter `state`. */
export function DeletedSwitch({ state, label }: { state: ListState; label: string }) {
  const { i18n } = useLingui();
  return (
    <SegmentedControl
      size="sm"
      aria-label={label}
      value={state.filters.state ?? "active"}
      onChange={(value) => state.set({ state: value === "active" ? "" : value })}
      data={[
        { value: "active", label: i18n._("Active") },
        { value: "deleted", label: i18n._("Deleted") },
        { value: "all", label: i18n._("All") },
      ]}
    />
  );
}

export function RestoreButton({
  name,
  isLoading,
  restore,
}: {
  name: string;
  isLoading: boolean;
  restore: () => void;
}) {
  const { i18n } = useLingui();
  return (
    <Button
      size="compact-sm"
      variant="default"
      aria-label={i18n._("Restore {name}", { name })}
      loading={isLoading}
      onClick={restore}
    >
      {i18n._("Restore")}
    </Button>
  );
}
