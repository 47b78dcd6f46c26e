import { useLingui } from "@lingui/react";
import { Button, type ButtonProps, Modal, Skeleton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Schemas } from "../../shared/api/client";
import { onDemand } from "../../shared/ui/on-demand";

const TrainForm = onDemand(async () => (await import("./train-form")).TrainForm, <Skeleton height={240} />);

/** Opens the form that starts a training; with a run to begin from, its values are filled in. */
export function TrainButton({
  project,
  from,
  children,
  ...button
}: {
  project: Pick<Schemas["ProjectDetail"], "id" | "kind">;
  from?: Schemas["RunOut"];
  children?: string;
} & ButtonProps) {
  const { i18n } = useLingui();
  const [isOpen, dialog] = useDisclosure(false);
  const title = children ?? i18n._("Train a model");
  return (
    <>
      <Button {...button} onClick={dialog.open}>
        {title}
      </Button>
      <Modal opened={isOpen} onClose={dialog.close} title={title} size="lg">
        <TrainForm project={project} from={from} close={dialog.close} />
      </Modal>
    </>
  );
}
