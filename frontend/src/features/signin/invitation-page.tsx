import { useLingui } from "@lingui/react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect } from "react";
import { useNavigate, useParams } from "react-router";
import { api, unwrap } from "../../shared/api/client";
import { Failure, Field } from "../../shared/ui/parts";
import { Frame } from "./sign-in";

/** Where an invitation leads: a person chooses the password by which they sign in from now on. */
export function InvitationPage() {
  const { i18n } = useLingui();
  const { uid = "", token = "" } = useParams();
  const navigate = useNavigate();
  const queries = useQueryClient();
  useEffect(() => {
    document.title = `${i18n._("Choose a password")} · Plateau`;
    void api.GET("/api/v1/session/");
  }, [i18n]);
  const choose = useMutation({
    mutationFn: (password: string) =>
      unwrap(api.POST("/api/v1/password-reset/confirm/", { body: { uid, token, password } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["me"] });
      navigate("/", { replace: true });
    },
  });
  return (
    <Frame>
      <h2>{i18n._("Choose a password")}</h2>
      <form
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          choose.mutate(String(new FormData(event.currentTarget).get("password")));
        }}
      >
        <Field
          label={i18n._("Password")}
          hint={i18n._(
            "At least 12 characters. Any characters, a whole sentence, or what a password manager makes.",
          )}
        >
          <input
            name="password"
            type="password"
            autoComplete="new-password"
            minLength={12}
            maxLength={256}
            required
          />
        </Field>
        {choose.error && <Failure error={choose.error} />}
        <button type="submit" className="primary" disabled={choose.isPending}>
          {i18n._("Take this password")}
        </button>
      </form>
    </Frame>
  );
}
