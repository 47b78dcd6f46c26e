import { useLingui } from "@lingui/react";
import { Button } from "@mantine/core";
import { IconSearchOff } from "@tabler/icons-react";
import { EmptyState } from "../feedback";
import type { ListState } from "./list-state";

/** What stands in the place of rows where search and filters leave none. */
export function NoMatch({ title, state }: { title: string; state: ListState }) {
  const { i18n } = useLingui();
  return (
    <EmptyState
      Icon={IconSearchOff}
      title={title}
      action={
        <Button variant="default" onClick={state.clear}>
          {i18n._("Clear filters")}
        </Button>
      }
    />
  );
}
