import { useLingui } from "@lingui/react";
import { useRef, useState } from "react";
import { useFirstFocus } from "../../shared/ui/first-focus";

/** Why an answer goes back, and to whom. */
export function RejectBar({
  reject,
  close,
  region,
}: {
  reject: (reason: string, anyone: boolean) => void;
  close: () => void;
  region: boolean;
}) {
  const { i18n } = useLingui();
  const reasons = [
    i18n._("Wrong label"),
    i18n._("Missing annotation"),
    i18n._("Not precise enough"),
    i18n._("Against the guidelines"),
  ];
  const [own, setOwn] = useState("");
  const [anyone, setAnyone] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useFirstFocus(field);
  return (
    <form
      className="popover skip"
      aria-label={i18n._("Reason for rejecting")}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
        const reason = own === "" ? reasons[Number(event.key) - 1] : undefined;
        if (reason) {
          event.preventDefault();
          reject(reason, anyone);
        }
      }}
      onSubmit={(event) => {
        event.preventDefault();
        if (own.trim()) reject(own.trim(), anyone);
      }}
    >
      <p>
        {region
          ? i18n._("Reason for rejection (pinned to the selected region)")
          : i18n._("Reason for rejection")}
      </p>
      {reasons.map((reason, index) => (
        <button type="button" key={reason} onClick={() => reject(reason, anyone)}>
          <kbd>{index + 1}</kbd> {reason}
        </button>
      ))}
      <input
        ref={field}
        value={own}
        maxLength={500}
        onChange={(event) => setOwn(event.target.value)}
        aria-label={i18n._("Another reason")}
        placeholder={i18n._("Another reason, then Enter")}
      />
      <label className="inline">
        <input type="checkbox" checked={anyone} onChange={(event) => setAnyone(event.target.checked)} />{" "}
        {i18n._("Reassign to another annotator")}
      </label>
      <button type="button" className="small" onClick={close}>
        {i18n._("Cancel")} <kbd>Esc</kbd>
      </button>
    </form>
  );
}
