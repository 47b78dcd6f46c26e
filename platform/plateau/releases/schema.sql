-- {"account": "0009_emailaddress_unique_primary_email", "audit": "0009_data_access", "auth": "0012_alter_user_first_name_max_length", "backups": "0001_initial", "contenttypes": "0002_remove_content_type_name", "contracts": "0004_signers", "datalake": "0014_storage_sources", "demand": "0004_name_stored_reports", "deployments": "0005_names_of_deleted_deployments", "identity": "0016_several_organizations", "jobs": "0009_job_of_dataset", "labeling": "0010_members_of_closed_projects", "learning_curves": "0007_translated_texts", "meshes": "0004_translated_texts", "mfa": "0003_authenticator_type_uniq", "model_versions": "0011_number_again", "notifications": "0003_project_of_notification", "projects": "0008_added_datasets", "quality": "0004_label_issues", "quotas": "0001_usage", "segmentation_models": "0002_segmentation_model", "snapshots": "0004_rename_splits", "socialaccount": "0006_alter_socialaccount_extra_data", "sweeps": "0002_sweeps", "training": "0006_mlflow_run", "webhooks": "0005_deleted_webhooks"}
--
CREATE FUNCTION audit_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
--
CREATE FUNCTION audit_count_accesses() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO audit_dailydataaccess AS s (organization_id, user_id, day, asset_count, item_count)
    SELECT organization_id, user_id, day, count(asset_id), count(item_id) FROM fresh GROUP BY 1, 2, 3
    ON CONFLICT (organization_id, user_id, day) DO UPDATE SET
        asset_count = s.asset_count + excluded.asset_count, item_count = s.item_count + excluded.item_count;
    RETURN NULL;
END $$;
--
CREATE FUNCTION audit_event_waits() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO audit_auditpending (event_id) SELECT id FROM fresh ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
--
CREATE FUNCTION datalake_count_fresh() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE datalake_dataset d SET item_count = d.item_count + x.n
    FROM (SELECT dataset_id, count(*) AS n FROM fresh GROUP BY dataset_id) x WHERE d.id = x.dataset_id;
    RETURN NULL;
END $$;
--
CREATE FUNCTION datalake_count_gone() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE datalake_dataset d SET item_count = d.item_count - x.n
    FROM (SELECT dataset_id, count(*) AS n FROM gone GROUP BY dataset_id) x WHERE d.id = x.dataset_id;
    RETURN NULL;
END $$;
--
CREATE FUNCTION labeling_annotation_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF (NEW.id, NEW.task_id, NEW.client_id, NEW.value, NEW.schema_version, NEW.guideline_version, NEW.created_at)
       IS DISTINCT FROM
       (OLD.id, OLD.task_id, OLD.client_id, OLD.value, OLD.schema_version, OLD.guideline_version, OLD.created_at)
    THEN RAISE EXCEPTION 'annotations are append-only: write a new one that supersedes %', OLD.id;
    END IF;
    RETURN NEW;
END $$;
--
CREATE FUNCTION quality_count_reviews() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO quality_reviewtally AS t
        (project_id, author_id, reviews, accepted, tasks, first_pass, first_round, first_round_accepted)
    SELECT f.project_id, f.author_id, count(*), count(*) FILTER (WHERE verdict = 'accepted'),
        count(*) FILTER (WHERE NOT EXISTS (
            SELECT 1 FROM quality_review e WHERE e.task_id = f.task_id AND e.id < f.id)),
        count(*) FILTER (WHERE f.is_first_pass), count(*) FILTER (WHERE round = 1),
        count(*) FILTER (WHERE round = 1 AND verdict = 'accepted')
    FROM fresh f GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (project_id, author_id) DO UPDATE SET
        reviews = t.reviews + excluded.reviews, accepted = t.accepted + excluded.accepted,
        tasks = t.tasks + excluded.tasks, first_pass = t.first_pass + excluded.first_pass,
        first_round = t.first_round + excluded.first_round,
        first_round_accepted = t.first_round_accepted + excluded.first_round_accepted;
    RETURN NULL;
END $$;
--
CREATE FUNCTION quality_uncount_reviews() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE quality_reviewtally t SET
        reviews = t.reviews - x.reviews, accepted = t.accepted - x.accepted,
        tasks = t.tasks - x.tasks, first_pass = t.first_pass - x.first_pass,
        first_round = t.first_round - x.first_round,
        first_round_accepted = t.first_round_accepted - x.first_round_accepted
    FROM (
        SELECT g.project_id, g.author_id, count(*) AS reviews,
            count(*) FILTER (WHERE verdict = 'accepted') AS accepted,
            count(*) FILTER (WHERE NOT EXISTS (SELECT 1 FROM quality_review e WHERE e.task_id = g.task_id)
                AND NOT EXISTS (SELECT 1 FROM gone e WHERE e.task_id = g.task_id AND e.id < g.id)) AS tasks,
            count(*) FILTER (WHERE g.is_first_pass) AS first_pass, count(*) FILTER (WHERE round = 1) AS first_round,
            count(*) FILTER (WHERE round = 1 AND verdict = 'accepted') AS first_round_accepted
        FROM gone g GROUP BY 1, 2
    ) x WHERE t.project_id = x.project_id AND t.author_id IS NOT DISTINCT FROM x.author_id;
    RETURN NULL;
END $$;
--
CREATE TABLE account_emailaddress (
    id integer NOT NULL,
    email character varying(254) NOT NULL,
    verified boolean NOT NULL,
    "primary" boolean NOT NULL,
    user_id bigint NOT NULL
);
--
ALTER TABLE account_emailaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME account_emailaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE account_emailconfirmation (
    id integer NOT NULL,
    created timestamp with time zone NOT NULL,
    sent timestamp with time zone,
    key character varying(64) NOT NULL,
    email_address_id integer NOT NULL
);
--
ALTER TABLE account_emailconfirmation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME account_emailconfirmation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE audit_auditevent (
    id bigint NOT NULL,
    token_id bigint,
    action character varying(64) NOT NULL,
    subject character varying(64) NOT NULL,
    subject_id character varying(64) NOT NULL,
    data jsonb NOT NULL,
    at timestamp with time zone NOT NULL,
    organization_id bigint NOT NULL,
    user_id bigint
);
--
ALTER TABLE audit_auditevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME audit_auditevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE audit_auditpending (
    event_id bigint NOT NULL
);
--
CREATE TABLE audit_auditseal (
    event_id bigint NOT NULL,
    number bigint NOT NULL,
    digest character varying(64) NOT NULL,
    at timestamp with time zone NOT NULL,
    organization_id bigint NOT NULL
);
--
CREATE TABLE audit_dailydataaccess (
    id bigint CONSTRAINT audit_seenday_id_not_null NOT NULL,
    day date CONSTRAINT audit_seenday_day_not_null NOT NULL,
    asset_count integer DEFAULT 0 CONSTRAINT audit_seenday_pictures_not_null NOT NULL,
    item_count integer DEFAULT 0 CONSTRAINT audit_seenday_texts_not_null NOT NULL,
    organization_id bigint CONSTRAINT audit_seenday_organization_id_not_null NOT NULL,
    user_id bigint CONSTRAINT audit_seenday_user_id_not_null NOT NULL
);
--
CREATE TABLE audit_dataaccess (
    id bigint CONSTRAINT audit_viewing_id_not_null NOT NULL,
    asset_id bigint,
    day date CONSTRAINT audit_viewing_day_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT audit_viewing_at_not_null NOT NULL,
    organization_id bigint CONSTRAINT audit_viewing_organization_id_not_null NOT NULL,
    user_id bigint CONSTRAINT audit_viewing_user_id_not_null NOT NULL,
    item_id bigint
);
--
ALTER TABLE audit_dailydataaccess ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME audit_seenday_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
ALTER TABLE audit_dataaccess ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME audit_viewing_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);
--
ALTER TABLE auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
--
ALTER TABLE auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);
--
ALTER TABLE auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE backups_finishedbackup (
    id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    finished_at timestamp with time zone NOT NULL,
    bytes bigint NOT NULL,
    encrypted boolean NOT NULL
);
--
ALTER TABLE backups_finishedbackup ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME backups_finishedbackup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE contracts_contract (
    id bigint NOT NULL,
    title character varying(120) NOT NULL,
    note text NOT NULL,
    terms jsonb NOT NULL,
    terms_hash character varying(64) NOT NULL,
    facts jsonb NOT NULL,
    state character varying(10) NOT NULL,
    signed_at timestamp with time zone,
    closed_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    project_id bigint NOT NULL,
    CONSTRAINT contract_is_signed_before_it_ends CHECK ((((state)::text = ANY ((ARRAY['draft'::character varying, 'withdrawn'::character varying])::text[])) OR (signed_at IS NOT NULL))),
    CONSTRAINT contract_state_known CHECK (((state)::text = ANY ((ARRAY['draft'::character varying, 'signed'::character varying, 'passed'::character varying, 'failed'::character varying, 'withdrawn'::character varying])::text[])))
);
--
ALTER TABLE contracts_contract ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME contracts_contract_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE contracts_contractevaluation (
    id bigint CONSTRAINT contracts_look_id_not_null NOT NULL,
    item_results jsonb CONSTRAINT contracts_look_outcomes_not_null NOT NULL,
    result jsonb CONSTRAINT contracts_look_result_not_null NOT NULL,
    verdict character varying(12) CONSTRAINT contracts_look_verdict_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT contracts_look_created_at_not_null NOT NULL,
    evaluated_at timestamp with time zone,
    contract_id bigint CONSTRAINT contracts_look_contract_id_not_null NOT NULL,
    created_by_id bigint,
    job_id bigint CONSTRAINT contracts_look_job_id_not_null NOT NULL,
    model_version_id bigint CONSTRAINT contracts_look_model_version_id_not_null NOT NULL,
    snapshot_id bigint CONSTRAINT contracts_look_snapshot_id_not_null NOT NULL
);
--
ALTER TABLE contracts_contractevaluation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME contracts_look_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE contracts_signature (
    id bigint NOT NULL,
    party character varying(8) NOT NULL,
    name character varying(120) NOT NULL,
    terms_hash character varying(64) NOT NULL,
    signed_at timestamp with time zone NOT NULL,
    contract_id bigint NOT NULL,
    user_id bigint NOT NULL
);
--
ALTER TABLE contracts_signature ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME contracts_signature_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE contracts_signer (
    id bigint NOT NULL,
    party character varying(8) NOT NULL,
    contract_id bigint NOT NULL,
    user_id bigint NOT NULL
);
--
ALTER TABLE contracts_signer ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME contracts_signer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE datalake_asset (
    id bigint NOT NULL,
    sha256 character varying(64) NOT NULL,
    content_type character varying(100) CONSTRAINT datalake_asset_media_type_not_null NOT NULL,
    size bigint NOT NULL,
    storage_key character varying(200) NOT NULL,
    display_key character varying(200) NOT NULL,
    display_type character varying(100) NOT NULL,
    thumbnail_key character varying(200) NOT NULL,
    fingerprint bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    organization_id bigint NOT NULL,
    media_type character varying(20) CONSTRAINT datalake_asset_media_type_not_null1 NOT NULL,
    facts jsonb NOT NULL,
    thumbnail_type character varying(100) NOT NULL,
    width integer GENERATED ALWAYS AS (((facts ->> 'width'::text))::integer) STORED,
    height integer GENERATED ALWAYS AS (((facts ->> 'height'::text))::integer) STORED
);
--
ALTER TABLE datalake_asset ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME datalake_asset_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE datalake_dataset (
    id bigint NOT NULL,
    name character varying(120) NOT NULL,
    note text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    organization_id bigint NOT NULL,
    item_count bigint DEFAULT 0 NOT NULL,
    retention_days integer,
    deleted_at timestamp with time zone
);
--
ALTER TABLE datalake_dataset ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME datalake_dataset_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE datalake_erasedfile (
    id bigint NOT NULL,
    sha256 character varying(64) NOT NULL,
    at timestamp with time zone NOT NULL
);
--
ALTER TABLE datalake_erasedfile ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME datalake_erasedfile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE datalake_erasure (
    id bigint NOT NULL,
    item_ids bigint[] NOT NULL,
    before timestamp with time zone,
    reason character varying(300) NOT NULL,
    files character varying(300)[] NOT NULL,
    report jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    dataset_id bigint NOT NULL,
    job_id bigint,
    organization_id bigint NOT NULL
);
--
ALTER TABLE datalake_erasure ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME datalake_erasure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE datalake_ingestbatch (
    id bigint NOT NULL,
    state character varying(8) NOT NULL,
    added integer NOT NULL,
    duplicates integer NOT NULL,
    rejected integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    dataset_id bigint NOT NULL,
    job_id bigint
);
--
ALTER TABLE datalake_ingestbatch ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME datalake_ingestbatch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE datalake_ingestfinding (
    id bigint NOT NULL,
    name text NOT NULL,
    code character varying(40) NOT NULL,
    message text NOT NULL,
    batch_id bigint NOT NULL
);
--
ALTER TABLE datalake_ingestfinding ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME datalake_ingestfinding_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE datalake_item (
    id bigint NOT NULL,
    uri character varying(2000) NOT NULL,
    name character varying(500) NOT NULL,
    meta jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    asset_id bigint,
    dataset_id bigint NOT NULL,
    text text DEFAULT ''::text NOT NULL,
    width integer,
    height integer,
    CONSTRAINT item_has_asset_or_address CHECK (((asset_id IS NOT NULL) OR (NOT ((uri)::text = ''::text))))
);
--
ALTER TABLE datalake_item ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME datalake_item_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE datalake_multipartfile (
    id bigint CONSTRAINT datalake_partedfile_id_not_null NOT NULL,
    name character varying(500) CONSTRAINT datalake_partedfile_name_not_null NOT NULL,
    size bigint CONSTRAINT datalake_partedfile_size_not_null NOT NULL,
    part_size bigint CONSTRAINT datalake_partedfile_part_size_not_null NOT NULL,
    storage_key character varying(200) CONSTRAINT datalake_partedfile_storage_key_not_null NOT NULL,
    upload_id character varying(300) CONSTRAINT datalake_partedfile_upload_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT datalake_partedfile_created_at_not_null NOT NULL,
    batch_id bigint CONSTRAINT datalake_partedfile_batch_id_not_null NOT NULL
);
--
ALTER TABLE datalake_multipartfile ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME datalake_partedfile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE datalake_stagedfile (
    id bigint NOT NULL,
    name character varying(500) NOT NULL,
    size bigint NOT NULL,
    storage_key character varying(200) NOT NULL,
    entries_done integer NOT NULL,
    finished boolean NOT NULL,
    batch_id bigint NOT NULL
);
--
ALTER TABLE datalake_stagedfile ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME datalake_stagedfile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE datalake_storagesource (
    id bigint NOT NULL,
    name character varying(60) NOT NULL,
    prefix character varying(300) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    organization_id bigint NOT NULL,
    CONSTRAINT storage_source_below_imports CHECK (((prefix)::text ~~ 'imports/%'::text))
);
--
ALTER TABLE datalake_storagesource ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME datalake_storagesource_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE demand_servicearea (
    id bigint CONSTRAINT demand_area_id_not_null NOT NULL,
    name character varying(120) CONSTRAINT demand_area_name_not_null NOT NULL,
    cell_size_m integer CONSTRAINT demand_area_metres_not_null NOT NULL,
    bin_minutes integer CONSTRAINT demand_area_minutes_not_null NOT NULL,
    min_events_per_cell integer CONSTRAINT demand_area_least_events_not_null NOT NULL,
    max_cells integer CONSTRAINT demand_area_most_cells_not_null NOT NULL,
    grid jsonb CONSTRAINT demand_area_grid_not_null NOT NULL,
    model_key character varying(200) CONSTRAINT demand_area_model_key_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT demand_area_created_at_not_null NOT NULL,
    created_by_id bigint,
    organization_id bigint CONSTRAINT demand_area_organization_id_not_null NOT NULL,
    CONSTRAINT service_area_bins_fill_days CHECK ((bin_minutes = ANY (ARRAY[10, 15, 20, 30, 60]))),
    CONSTRAINT service_area_cells_have_a_size CHECK ((cell_size_m >= 50))
);
--
ALTER TABLE demand_servicearea ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME demand_area_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE demand_demandreport (
    id bigint CONSTRAINT demand_report_id_not_null NOT NULL,
    results jsonb CONSTRAINT demand_report_body_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT demand_report_created_at_not_null NOT NULL,
    area_id bigint CONSTRAINT demand_report_area_id_not_null NOT NULL,
    job_id bigint CONSTRAINT demand_report_job_id_not_null NOT NULL
);
--
CREATE TABLE demand_eventfile (
    id bigint NOT NULL,
    storage_key character varying(200) NOT NULL,
    sha256 character varying(64) NOT NULL,
    event_count integer CONSTRAINT demand_eventfile_events_not_null NOT NULL,
    first_event_at timestamp with time zone CONSTRAINT demand_eventfile_first_not_null NOT NULL,
    last_event_at timestamp with time zone CONSTRAINT demand_eventfile_last_not_null NOT NULL,
    created_at timestamp with time zone NOT NULL,
    area_id bigint NOT NULL
);
--
ALTER TABLE demand_eventfile ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME demand_eventfile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
ALTER TABLE demand_demandreport ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME demand_report_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE demand_timebinforecast (
    id bigint CONSTRAINT demand_slotforecast_id_not_null NOT NULL,
    starts_at timestamp with time zone CONSTRAINT demand_slotforecast_begins_not_null NOT NULL,
    mean jsonb CONSTRAINT demand_slotforecast_mean_not_null NOT NULL,
    low jsonb CONSTRAINT demand_slotforecast_low_not_null NOT NULL,
    high jsonb CONSTRAINT demand_slotforecast_high_not_null NOT NULL,
    actual jsonb,
    is_backtest boolean CONSTRAINT demand_slotforecast_judged_not_null NOT NULL,
    area_id bigint CONSTRAINT demand_slotforecast_area_id_not_null NOT NULL
);
--
ALTER TABLE demand_timebinforecast ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME demand_slotforecast_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE demand_weatherfile (
    id bigint NOT NULL,
    storage_key character varying(200) NOT NULL,
    sha256 character varying(64) NOT NULL,
    reading_count integer CONSTRAINT demand_weatherfile_rows_not_null NOT NULL,
    columns jsonb NOT NULL,
    first_reading_at timestamp with time zone CONSTRAINT demand_weatherfile_first_not_null NOT NULL,
    last_reading_at timestamp with time zone CONSTRAINT demand_weatherfile_last_not_null NOT NULL,
    created_at timestamp with time zone NOT NULL,
    area_id bigint NOT NULL
);
--
ALTER TABLE demand_weatherfile ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME demand_weatherfile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE deployments_batchprediction (
    id bigint CONSTRAINT deployments_batch_id_not_null NOT NULL,
    hidden_fraction double precision,
    predicted_count integer CONSTRAINT deployments_batch_done_not_null NOT NULL,
    last_item_id bigint CONSTRAINT deployments_batch_last_item_not_null NOT NULL,
    part_keys jsonb CONSTRAINT deployments_batch_parts_not_null NOT NULL,
    skipped_count integer CONSTRAINT deployments_batch_skipped_not_null NOT NULL,
    result_key character varying(200) CONSTRAINT deployments_batch_result_key_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT deployments_batch_created_at_not_null NOT NULL,
    created_by_id bigint,
    dataset_id bigint,
    job_id bigint CONSTRAINT deployments_batch_job_id_not_null NOT NULL,
    project_id bigint CONSTRAINT deployments_batch_project_id_not_null NOT NULL,
    version_id bigint CONSTRAINT deployments_batch_version_id_not_null NOT NULL
);
--
ALTER TABLE deployments_batchprediction ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME deployments_batch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE deployments_deployment (
    id bigint NOT NULL,
    name character varying(60) NOT NULL,
    model_name character varying(256) CONSTRAINT deployments_deployment_model_not_null NOT NULL,
    alias character varying(256) NOT NULL,
    confidence_threshold double precision,
    sample_fraction double precision CONSTRAINT deployments_deployment_sample_share_not_null NOT NULL,
    is_running boolean CONSTRAINT deployments_deployment_running_not_null NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    organization_id bigint NOT NULL,
    project_id bigint NOT NULL,
    shadow_version_id bigint,
    version_id bigint,
    deleted_at timestamp with time zone,
    CONSTRAINT deployment_by_alias_or_by_version CHECK (((((alias)::text = ''::text) AND (version_id IS NOT NULL)) OR ((NOT ((alias)::text = ''::text)) AND (version_id IS NULL))))
);
--
ALTER TABLE deployments_deployment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME deployments_deployment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE deployments_deploymentstatshourly (
    id bigint CONSTRAINT deployments_hour_id_not_null NOT NULL,
    hour timestamp with time zone CONSTRAINT deployments_hour_hour_not_null NOT NULL,
    prediction_count integer CONSTRAINT deployments_hour_answered_not_null NOT NULL,
    rejected_count integer CONSTRAINT deployments_hour_refused_not_null NOT NULL,
    failed_count integer CONSTRAINT deployments_hour_failed_not_null NOT NULL,
    latency_ms_sum double precision CONSTRAINT deployments_hour_milliseconds_not_null NOT NULL,
    confidence_histogram integer[] CONSTRAINT deployments_hour_confidence_not_null NOT NULL,
    brightness_histogram integer[] CONSTRAINT deployments_hour_brightness_not_null NOT NULL,
    contrast_histogram integer[] CONSTRAINT deployments_hour_contrast_not_null NOT NULL,
    label_counts jsonb CONSTRAINT deployments_hour_labels_not_null NOT NULL,
    shadow_prediction_count integer CONSTRAINT deployments_hour_shadow_answered_not_null NOT NULL,
    shadow_agreement_count integer CONSTRAINT deployments_hour_shadow_agreed_not_null NOT NULL,
    deployment_id bigint CONSTRAINT deployments_hour_deployment_id_not_null NOT NULL,
    version_id bigint CONSTRAINT deployments_hour_version_id_not_null NOT NULL
);
--
CREATE TABLE deployments_feedback (
    id bigint NOT NULL,
    storage_key character varying(200) NOT NULL,
    predicted_label character varying(64) CONSTRAINT deployments_feedback_label_not_null NOT NULL,
    confidence double precision NOT NULL,
    reason character varying(16) CONSTRAINT deployments_feedback_why_not_null NOT NULL,
    error character varying(300) CONSTRAINT deployments_feedback_problem_not_null NOT NULL,
    imported_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    deployment_id bigint NOT NULL,
    item_id bigint,
    version_id bigint NOT NULL,
    prediction jsonb DEFAULT '{}'::jsonb CONSTRAINT deployments_feedback_value_not_null NOT NULL
);
--
ALTER TABLE deployments_feedback ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME deployments_feedback_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
ALTER TABLE deployments_deploymentstatshourly ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME deployments_hour_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE deployments_replica (
    id bigint NOT NULL,
    process character varying(80) NOT NULL,
    error character varying(300) CONSTRAINT deployments_replica_problem_not_null NOT NULL,
    heartbeat_at timestamp with time zone CONSTRAINT deployments_replica_seen_at_not_null NOT NULL,
    deployment_id bigint NOT NULL,
    shadow_version_id bigint,
    version_id bigint
);
--
ALTER TABLE deployments_replica ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME deployments_replica_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);
--
ALTER TABLE django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);
--
ALTER TABLE django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE identity_apitoken (
    id bigint NOT NULL,
    name character varying(80) NOT NULL,
    prefix character varying(12) NOT NULL,
    digest character varying(64) NOT NULL,
    scopes jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    last_used_at timestamp with time zone,
    project_id bigint,
    membership_id bigint NOT NULL,
    parent_id bigint,
    second_factor boolean DEFAULT false NOT NULL
);
--
ALTER TABLE identity_apitoken ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME identity_apitoken_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE identity_membersession (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL,
    auth_hash character varying(128) NOT NULL,
    user_id bigint,
    ip_address character varying(64) DEFAULT ''::character varying CONSTRAINT identity_membersession_address_not_null NOT NULL,
    user_agent character varying(200) DEFAULT ''::character varying CONSTRAINT identity_membersession_agent_not_null NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    second_factor boolean DEFAULT false NOT NULL,
    organization_id bigint,
    is_bound boolean DEFAULT false NOT NULL
);
--
CREATE TABLE identity_membership (
    id bigint NOT NULL,
    is_active boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    user_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    role_id bigint NOT NULL,
    invited_email character varying(254) DEFAULT ''::character varying NOT NULL,
    last_sign_in_at timestamp with time zone
);
--
ALTER TABLE identity_membership ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME identity_membership_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE identity_organization (
    id bigint NOT NULL,
    name character varying(120) NOT NULL,
    slug character varying(60) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    idle_hours integer DEFAULT 12 NOT NULL,
    max_token_days integer DEFAULT 365 CONSTRAINT identity_organization_longest_token_days_not_null NOT NULL,
    ip_allowlist jsonb DEFAULT '[]'::jsonb CONSTRAINT identity_organization_networks_not_null NOT NULL,
    require_second_factor boolean DEFAULT false NOT NULL,
    CONSTRAINT idle_hours_sane CHECK (((idle_hours >= 1) AND (idle_hours <= 168))),
    CONSTRAINT token_days_sane CHECK (((max_token_days >= 1) AND (max_token_days <= 3650)))
);
--
ALTER TABLE identity_organization ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME identity_organization_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE identity_role (
    id bigint NOT NULL,
    key character varying(32) NOT NULL,
    title character varying(80) NOT NULL,
    scopes jsonb NOT NULL,
    organization_id bigint,
    reach character varying(8) DEFAULT 'open'::character varying NOT NULL
);
--
ALTER TABLE identity_role ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME identity_role_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE identity_singlesignon (
    id bigint NOT NULL,
    issuer character varying(300) NOT NULL,
    client_id character varying(200) NOT NULL,
    secret text NOT NULL,
    organization_id bigint NOT NULL,
    default_role_id bigint
);
--
ALTER TABLE identity_singlesignon ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME identity_singlesignon_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE identity_user (
    id bigint NOT NULL,
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    email character varying(254) NOT NULL,
    name character varying(120) NOT NULL,
    language character varying(8) NOT NULL,
    is_active boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    preferences jsonb DEFAULT '{}'::jsonb NOT NULL
);
--
ALTER TABLE identity_user ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME identity_user_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE jobs_job (
    id bigint NOT NULL,
    kind character varying(32) NOT NULL,
    queue character varying(16) NOT NULL,
    state character varying(12) NOT NULL,
    payload jsonb NOT NULL,
    result jsonb NOT NULL,
    error text NOT NULL,
    message text NOT NULL,
    done bigint NOT NULL,
    total bigint NOT NULL,
    attempt integer NOT NULL,
    max_attempts integer NOT NULL,
    worker character varying(120) NOT NULL,
    lease_until timestamp with time zone,
    dispatched_at timestamp with time zone,
    cancel_requested_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    created_by_id bigint,
    organization_id bigint NOT NULL,
    project_id bigint,
    request_id character varying(64) DEFAULT ''::character varying NOT NULL,
    trace character varying(60) DEFAULT ''::character varying NOT NULL,
    priority smallint DEFAULT 0 NOT NULL,
    queued_at timestamp with time zone,
    dataset_id bigint,
    CONSTRAINT job_state_known CHECK (((state)::text = ANY ((ARRAY['queued'::character varying, 'running'::character varying, 'done'::character varying, 'failed'::character varying, 'cancelled'::character varying])::text[]))),
    CONSTRAINT running_has_lease CHECK (((NOT ((state)::text = 'running'::text)) OR (lease_until IS NOT NULL)))
);
--
ALTER TABLE jobs_job ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME jobs_job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE jobs_joblog (
    id bigint NOT NULL,
    attempt integer NOT NULL,
    step bigint NOT NULL,
    "values" jsonb NOT NULL,
    at timestamp with time zone NOT NULL,
    job_id bigint NOT NULL
);
--
ALTER TABLE jobs_joblog ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME jobs_joblog_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE jobs_joboutput (
    id bigint NOT NULL,
    begin bigint NOT NULL,
    "end" bigint NOT NULL,
    text text NOT NULL,
    at timestamp with time zone NOT NULL,
    job_id bigint NOT NULL
);
--
ALTER TABLE jobs_joboutput ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME jobs_joboutput_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE jobs_quota (
    id bigint NOT NULL,
    queue character varying(16) NOT NULL,
    most_running smallint NOT NULL,
    organization_id bigint NOT NULL,
    CONSTRAINT jobs_quota_most_running_check CHECK ((most_running >= 0))
);
--
ALTER TABLE jobs_quota ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME jobs_quota_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE jobs_route (
    id bigint NOT NULL,
    queue character varying(16) NOT NULL,
    label character varying(16) NOT NULL,
    organization_id bigint NOT NULL
);
--
ALTER TABLE jobs_route ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME jobs_route_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE labeling_annotation (
    id bigint NOT NULL,
    client_id uuid NOT NULL,
    value jsonb NOT NULL,
    schema_version integer NOT NULL,
    guideline_version integer NOT NULL,
    active_ms integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    supersedes_id bigint,
    user_id bigint,
    task_id bigint NOT NULL,
    confidence double precision,
    pre_annotation_shown boolean DEFAULT false CONSTRAINT labeling_annotation_prelabel_shown_not_null NOT NULL,
    project_id bigint NOT NULL,
    source character varying(9) NOT NULL,
    label_ids jsonb GENERATED ALWAYS AS (((jsonb_path_query_array(value, '$."label"'::jsonpath) || jsonb_path_query_array(value, '$."labels"[*]'::jsonpath)) || jsonb_path_query_array(value, '$.*[*]."label"'::jsonpath))) STORED
);
--
ALTER TABLE labeling_annotation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME labeling_annotation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE labeling_comment (
    id bigint NOT NULL,
    region character varying(40) NOT NULL,
    text character varying(2000) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    resolved_at timestamp with time zone,
    resolved_by_id bigint,
    task_id bigint NOT NULL,
    user_id bigint
);
--
ALTER TABLE labeling_comment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME labeling_comment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE labeling_draft (
    id bigint NOT NULL,
    value jsonb NOT NULL,
    revision bigint NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    user_id bigint NOT NULL,
    task_id bigint NOT NULL
);
--
ALTER TABLE labeling_draft ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME labeling_draft_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE labeling_expiredlease (
    expired_at timestamp with time zone NOT NULL,
    task_id bigint NOT NULL,
    user_id bigint NOT NULL
);
--
CREATE TABLE labeling_lease (
    task_id bigint NOT NULL,
    user_id bigint NOT NULL,
    kind character varying(13) NOT NULL,
    expires_at timestamp with time zone CONSTRAINT labeling_lease_until_not_null NOT NULL
);
--
CREATE TABLE labeling_preannotation (
    task_id bigint CONSTRAINT labeling_prelabel_task_id_not_null NOT NULL,
    value jsonb CONSTRAINT labeling_prelabel_value_not_null NOT NULL,
    score double precision,
    model character varying(200) CONSTRAINT labeling_prelabel_model_not_null NOT NULL,
    is_hidden boolean DEFAULT false CONSTRAINT labeling_prelabel_hidden_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT labeling_prelabel_created_at_not_null NOT NULL
);
--
CREATE TABLE labeling_projectmembership (
    id bigint CONSTRAINT labeling_seat_id_not_null NOT NULL,
    is_assigned boolean DEFAULT false CONSTRAINT labeling_seat_assigned_not_null NOT NULL,
    max_annotations integer,
    paused_at timestamp with time zone,
    pause_reason text DEFAULT ''::character varying CONSTRAINT labeling_seat_paused_why_not_null NOT NULL,
    annotation_count integer DEFAULT 0 CONSTRAINT labeling_seat_answered_not_null NOT NULL,
    active_ms bigint DEFAULT 0 CONSTRAINT labeling_seat_active_ms_not_null NOT NULL,
    qualification_count integer DEFAULT 0 CONSTRAINT labeling_seat_practiced_not_null NOT NULL,
    gold_count integer DEFAULT 0 CONSTRAINT labeling_seat_gold_given_not_null NOT NULL,
    gold_correct_count integer DEFAULT 0 CONSTRAINT labeling_seat_gold_right_not_null NOT NULL,
    open integer DEFAULT 0 CONSTRAINT labeling_seat_open_not_null NOT NULL,
    review integer DEFAULT 0 CONSTRAINT labeling_seat_review_not_null NOT NULL,
    done integer DEFAULT 0 CONSTRAINT labeling_seat_done_not_null NOT NULL,
    skipped integer DEFAULT 0 CONSTRAINT labeling_seat_skipped_not_null NOT NULL,
    cursor_queue_version integer DEFAULT '-1'::integer CONSTRAINT labeling_seat_low_epoch_not_null NOT NULL,
    cursor_position double precision DEFAULT 0.0 CONSTRAINT labeling_seat_low_position_not_null NOT NULL,
    cursor_shuffle integer DEFAULT 0 CONSTRAINT labeling_seat_low_shuffle_not_null NOT NULL,
    cursor_task_id bigint DEFAULT 0 CONSTRAINT labeling_seat_low_id_not_null NOT NULL,
    project_id bigint CONSTRAINT labeling_seat_project_id_not_null NOT NULL,
    user_id bigint
);
--
ALTER TABLE labeling_projectmembership ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME labeling_seat_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE labeling_skip (
    id bigint NOT NULL,
    reason character varying(200) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    task_id bigint NOT NULL,
    user_id bigint
);
--
ALTER TABLE labeling_skip ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME labeling_skip_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE labeling_task (
    id bigint NOT NULL,
    state character varying(8) NOT NULL,
    shuffle integer NOT NULL,
    annotation_id bigint,
    item_id bigint NOT NULL,
    project_id bigint NOT NULL,
    agreement double precision,
    assignee_id bigint,
    annotation_count smallint CONSTRAINT labeling_task_given_not_null NOT NULL,
    "position" double precision NOT NULL,
    available_slots smallint CONSTRAINT labeling_task_room_not_null NOT NULL,
    skip_count smallint CONSTRAINT labeling_task_skips_not_null NOT NULL,
    team_id bigint,
    required_annotations smallint CONSTRAINT labeling_task_wanted_not_null NOT NULL,
    CONSTRAINT available_slots_not_negative CHECK ((available_slots >= 0)),
    CONSTRAINT done_has_annotation CHECK (((NOT ((state)::text = 'done'::text)) OR (annotation_id IS NOT NULL))),
    CONSTRAINT task_state_known CHECK (((state)::text = ANY ((ARRAY['open'::character varying, 'review'::character varying, 'done'::character varying, 'skipped'::character varying])::text[])))
)
WITH (autovacuum_vacuum_scale_factor='0.0', autovacuum_vacuum_threshold='2000', autovacuum_vacuum_cost_delay='0', fillfactor='80');
--
ALTER TABLE labeling_task ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME labeling_task_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE labeling_workday (
    id bigint NOT NULL,
    day date NOT NULL,
    annotation_count integer DEFAULT 0 CONSTRAINT labeling_workday_answered_not_null NOT NULL,
    completed_count integer DEFAULT 0 CONSTRAINT labeling_workday_finished_not_null NOT NULL,
    review_count integer DEFAULT 0 CONSTRAINT labeling_workday_reviewed_not_null NOT NULL,
    active_ms bigint DEFAULT 0 NOT NULL,
    review_ms bigint DEFAULT 0 NOT NULL,
    rework_ms bigint DEFAULT 0 NOT NULL,
    project_id bigint NOT NULL,
    user_id bigint NOT NULL
);
--
ALTER TABLE labeling_workday ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME labeling_workday_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE learning_curves_ablation (
    id bigint CONSTRAINT learning_curves_ways_id_not_null NOT NULL,
    recipe character varying(40) CONSTRAINT learning_curves_ways_recipe_not_null NOT NULL,
    parameter character varying(40) CONSTRAINT learning_curves_ways_choice_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT learning_curves_ways_created_at_not_null NOT NULL,
    created_by_id bigint,
    project_id bigint CONSTRAINT learning_curves_ways_project_id_not_null NOT NULL,
    snapshot_id bigint CONSTRAINT learning_curves_ways_snapshot_id_not_null NOT NULL
);
--
CREATE TABLE learning_curves_activelearningsimulation (
    id bigint CONSTRAINT learning_curves_replay_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT learning_curves_replay_created_at_not_null NOT NULL,
    created_by_id bigint,
    job_id bigint CONSTRAINT learning_curves_replay_job_id_not_null NOT NULL,
    project_id bigint CONSTRAINT learning_curves_replay_project_id_not_null NOT NULL,
    snapshot_id bigint CONSTRAINT learning_curves_replay_snapshot_id_not_null NOT NULL
);
--
CREATE TABLE learning_curves_curvepoint (
    id bigint NOT NULL,
    n integer NOT NULL,
    seed integer NOT NULL,
    accuracy double precision NOT NULL,
    macro_f1 double precision NOT NULL,
    test_items integer NOT NULL,
    per_class jsonb NOT NULL,
    training_seconds double precision CONSTRAINT learning_curves_curvepoint_seconds_not_null NOT NULL,
    created_at timestamp with time zone NOT NULL,
    learning_curve_id bigint CONSTRAINT learning_curves_curvepoint_study_id_not_null NOT NULL,
    metrics jsonb NOT NULL,
    is_reused boolean CONSTRAINT learning_curves_curvepoint_reused_not_null NOT NULL,
    slices jsonb NOT NULL
);
--
ALTER TABLE learning_curves_curvepoint ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME learning_curves_curvepoint_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE learning_curves_projectcostmodel (
    id bigint CONSTRAINT learning_curves_economics_id_not_null NOT NULL,
    cost_per_label double precision,
    fn_cost double precision,
    fp_cost double precision,
    fn_fraction double precision CONSTRAINT learning_curves_economics_miss_share_not_null NOT NULL,
    decisions_per_month double precision,
    months double precision CONSTRAINT learning_curves_economics_months_not_null NOT NULL,
    baseline_cost double precision,
    operating_cost double precision CONSTRAINT learning_curves_economics_running_not_null NOT NULL,
    project_id bigint CONSTRAINT learning_curves_economics_project_id_not_null NOT NULL
);
--
ALTER TABLE learning_curves_projectcostmodel ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME learning_curves_economics_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE learning_curves_forecastbacktest (
    id bigint CONSTRAINT learning_curves_forecastoutcome_id_not_null NOT NULL,
    n integer CONSTRAINT learning_curves_forecastoutcome_n_not_null NOT NULL,
    score double precision CONSTRAINT learning_curves_forecastoutcome_score_not_null NOT NULL,
    low_80 double precision CONSTRAINT learning_curves_forecastoutcome_low_not_null NOT NULL,
    median double precision CONSTRAINT learning_curves_forecastoutcome_middle_not_null NOT NULL,
    high_80 double precision CONSTRAINT learning_curves_forecastoutcome_high_not_null NOT NULL,
    scaled_error double precision CONSTRAINT learning_curves_forecastoutcome_distance_not_null NOT NULL,
    is_in_80 boolean CONSTRAINT learning_curves_forecastoutcome_inside80_not_null NOT NULL,
    is_in_95 boolean CONSTRAINT learning_curves_forecastoutcome_inside95_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT learning_curves_forecastoutcome_created_at_not_null NOT NULL,
    stored_forecast_id bigint CONSTRAINT learning_curves_forecastoutcome_record_id_not_null NOT NULL
);
--
ALTER TABLE learning_curves_forecastbacktest ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME learning_curves_forecastoutcome_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE learning_curves_storedforecast (
    id bigint CONSTRAINT learning_curves_forecastrecord_id_not_null NOT NULL,
    target double precision CONSTRAINT learning_curves_forecastrecord_target_not_null NOT NULL,
    forecast jsonb CONSTRAINT learning_curves_forecastrecord_body_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT learning_curves_forecastrecord_created_at_not_null NOT NULL,
    learning_curve_id bigint CONSTRAINT learning_curves_forecastrecord_study_id_not_null NOT NULL
);
--
ALTER TABLE learning_curves_storedforecast ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME learning_curves_forecastrecord_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE learning_curves_learningcurve (
    id bigint CONSTRAINT learning_curves_study_id_not_null NOT NULL,
    recipe character varying(40) CONSTRAINT learning_curves_study_recipe_not_null NOT NULL,
    params jsonb CONSTRAINT learning_curves_study_params_not_null NOT NULL,
    sizes jsonb CONSTRAINT learning_curves_study_sizes_not_null NOT NULL,
    seeds jsonb CONSTRAINT learning_curves_study_seeds_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT learning_curves_study_created_at_not_null NOT NULL,
    created_by_id bigint,
    job_id bigint CONSTRAINT learning_curves_study_job_id_not_null NOT NULL,
    project_id bigint CONSTRAINT learning_curves_study_project_id_not_null NOT NULL,
    snapshot_id bigint CONSTRAINT learning_curves_study_snapshot_id_not_null NOT NULL,
    compute_budget double precision,
    is_scheduled boolean CONSTRAINT learning_curves_study_live_not_null NOT NULL,
    training_plan jsonb CONSTRAINT learning_curves_study_plan_not_null NOT NULL,
    ablation_id bigint
);
--
CREATE TABLE learning_curves_learningcurveschedule (
    id bigint CONSTRAINT learning_curves_liveplan_id_not_null NOT NULL,
    recipe character varying(40) CONSTRAINT learning_curves_liveplan_recipe_not_null NOT NULL,
    params jsonb CONSTRAINT learning_curves_liveplan_params_not_null NOT NULL,
    every_labels integer CONSTRAINT learning_curves_liveplan_every_labels_not_null NOT NULL,
    every_hours integer,
    enabled boolean CONSTRAINT learning_curves_liveplan_enabled_not_null NOT NULL,
    last_error text CONSTRAINT learning_curves_liveplan_problem_not_null NOT NULL,
    updated_at timestamp with time zone CONSTRAINT learning_curves_liveplan_changed_at_not_null NOT NULL,
    created_by_id bigint,
    project_id bigint CONSTRAINT learning_curves_liveplan_project_id_not_null NOT NULL,
    snapshot_id bigint,
    CONSTRAINT schedule_of_ten_labels_at_least CHECK ((every_labels >= 10))
);
--
ALTER TABLE learning_curves_learningcurveschedule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME learning_curves_liveplan_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
ALTER TABLE learning_curves_activelearningsimulation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME learning_curves_replay_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
ALTER TABLE learning_curves_learningcurve ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME learning_curves_study_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
ALTER TABLE learning_curves_ablation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME learning_curves_ways_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE meshes_meshcollection (
    id bigint CONSTRAINT meshes_collection_id_not_null NOT NULL,
    name character varying(120) CONSTRAINT meshes_collection_name_not_null NOT NULL,
    model_key character varying(200) CONSTRAINT meshes_collection_model_key_not_null NOT NULL,
    report jsonb CONSTRAINT meshes_collection_report_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT meshes_collection_created_at_not_null NOT NULL,
    created_by_id bigint,
    job_id bigint,
    organization_id bigint CONSTRAINT meshes_collection_organization_id_not_null NOT NULL
);
--
ALTER TABLE meshes_meshcollection ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME meshes_collection_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE meshes_meshresult (
    id bigint CONSTRAINT meshes_made_id_not_null NOT NULL,
    image_key character varying(200) CONSTRAINT meshes_made_picture_key_not_null NOT NULL,
    vertices jsonb CONSTRAINT meshes_made_vertices_not_null NOT NULL,
    faces jsonb CONSTRAINT meshes_made_faces_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT meshes_made_created_at_not_null NOT NULL,
    collection_id bigint CONSTRAINT meshes_made_collection_id_not_null NOT NULL,
    created_by_id bigint,
    job_id bigint CONSTRAINT meshes_made_job_id_not_null NOT NULL
);
--
ALTER TABLE meshes_meshresult ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME meshes_made_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE meshes_mesh3d (
    id bigint CONSTRAINT meshes_thing_id_not_null NOT NULL,
    name character varying(200) CONSTRAINT meshes_thing_name_not_null NOT NULL,
    sha256 character varying(64) CONSTRAINT meshes_thing_sha256_not_null NOT NULL,
    mesh_key character varying(200) CONSTRAINT meshes_thing_mesh_key_not_null NOT NULL,
    views_key character varying(200) CONSTRAINT meshes_thing_views_key_not_null NOT NULL,
    render_error text CONSTRAINT meshes_thing_problem_not_null NOT NULL,
    collection_id bigint CONSTRAINT meshes_thing_collection_id_not_null NOT NULL
);
--
ALTER TABLE meshes_mesh3d ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME meshes_thing_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE mfa_authenticator (
    id bigint NOT NULL,
    type character varying(20) NOT NULL,
    data jsonb NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone
);
--
ALTER TABLE mfa_authenticator ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME mfa_authenticator_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE model_versions_aliaschange (
    id bigint CONSTRAINT model_versions_aliasmove_id_not_null NOT NULL,
    name character varying(256) CONSTRAINT model_versions_aliasmove_name_not_null NOT NULL,
    alias character varying(256) CONSTRAINT model_versions_aliasmove_alias_not_null NOT NULL,
    protected boolean CONSTRAINT model_versions_aliasmove_protected_not_null NOT NULL,
    reason character varying(500) CONSTRAINT model_versions_aliasmove_reason_not_null NOT NULL,
    is_rollback boolean CONSTRAINT model_versions_aliasmove_rollback_not_null NOT NULL,
    changed_at timestamp with time zone CONSTRAINT model_versions_aliasmove_moved_at_not_null NOT NULL,
    previous_version_id bigint,
    changed_by_id bigint,
    project_id bigint CONSTRAINT model_versions_aliasmove_project_id_not_null NOT NULL,
    contract_evaluation_id bigint,
    version_id bigint
);
--
ALTER TABLE model_versions_aliaschange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME model_versions_aliasmove_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE model_versions_browserexport (
    id bigint NOT NULL,
    variant character varying(4) NOT NULL,
    storage_key character varying(200) NOT NULL,
    size_bytes bigint CONSTRAINT model_versions_browserexport_size_not_null NOT NULL,
    error character varying(300) CONSTRAINT model_versions_browserexport_problem_not_null NOT NULL,
    facts jsonb NOT NULL,
    updated_at timestamp with time zone CONSTRAINT model_versions_browserexport_made_at_not_null NOT NULL,
    version_id bigint NOT NULL,
    sha256 character varying(64) DEFAULT ''::character varying NOT NULL
);
--
ALTER TABLE model_versions_browserexport ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME model_versions_browserexport_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE model_versions_evaluation (
    id bigint NOT NULL,
    predicted_by character varying(8) CONSTRAINT model_versions_evaluation_answered_by_not_null NOT NULL,
    items integer NOT NULL,
    labels jsonb NOT NULL,
    confusion jsonb NOT NULL,
    metrics jsonb NOT NULL,
    per_class jsonb NOT NULL,
    predictions jsonb CONSTRAINT model_versions_evaluation_outcomes_not_null NOT NULL,
    profile jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    snapshot_id bigint NOT NULL,
    version_id bigint NOT NULL,
    draws jsonb DEFAULT '{}'::jsonb NOT NULL
);
--
ALTER TABLE model_versions_evaluation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME model_versions_evaluation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE model_versions_modelfile (
    id bigint NOT NULL,
    path text NOT NULL,
    size_bytes bigint CONSTRAINT model_versions_modelfile_size_not_null NOT NULL,
    sha256 character varying(64) NOT NULL,
    version_id bigint NOT NULL
);
--
ALTER TABLE model_versions_modelfile ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME model_versions_modelfile_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE model_versions_modelpolicy (
    project_id bigint NOT NULL,
    protected_aliases character varying(256)[] CONSTRAINT model_versions_modelpolicy_protected_not_null NOT NULL,
    quota_bytes bigint NOT NULL,
    used_bytes bigint NOT NULL
);
--
CREATE TABLE model_versions_modelversion (
    id bigint NOT NULL,
    name character varying(256) NOT NULL,
    version integer NOT NULL,
    mlflow_run_id character varying(64) NOT NULL,
    recipe character varying(40) NOT NULL,
    params jsonb NOT NULL,
    seed integer,
    code_version character varying(64) NOT NULL,
    metrics jsonb NOT NULL,
    per_class jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    project_id bigint NOT NULL,
    snapshot_id bigint,
    aliases character varying(256)[] NOT NULL,
    facts jsonb NOT NULL,
    deleted_at timestamp with time zone,
    description text DEFAULT ''::text CONSTRAINT model_versions_modelversion_note_not_null NOT NULL,
    origin character varying(8) DEFAULT 'client'::character varying NOT NULL,
    source character varying(500) DEFAULT ''::character varying NOT NULL,
    state character varying(8) DEFAULT 'ready'::character varying NOT NULL,
    erased_items integer DEFAULT 0 CONSTRAINT model_versions_modelversion_erased_not_null NOT NULL,
    content_hash character varying(64) DEFAULT ''::character varying NOT NULL,
    artifact_paths text[],
    CONSTRAINT version_state_known CHECK (((state)::text = ANY ((ARRAY['ready'::character varying, 'archived'::character varying, 'deleted'::character varying])::text[])))
);
--
ALTER TABLE model_versions_modelversion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME model_versions_modelversion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE model_versions_registeredmodel (
    id bigint NOT NULL,
    name character varying(256) NOT NULL,
    description text CONSTRAINT model_versions_registeredmodel_note_not_null NOT NULL,
    latest_version integer CONSTRAINT model_versions_registeredmodel_newest_not_null NOT NULL,
    created_at timestamp with time zone NOT NULL,
    project_id bigint NOT NULL
);
--
ALTER TABLE model_versions_registeredmodel ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME model_versions_registeredmodel_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE notifications_email (
    id bigint NOT NULL,
    kind character varying(32) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    attempts integer NOT NULL,
    next_attempt_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    error character varying(300) NOT NULL,
    failed_at timestamp with time zone,
    organization_id bigint NOT NULL,
    recipient_id bigint NOT NULL,
    notification_id bigint
);
--
ALTER TABLE notifications_email ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME notifications_email_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE notifications_notification (
    id bigint NOT NULL,
    kind character varying(32) NOT NULL,
    link character varying(300) NOT NULL,
    parameters jsonb NOT NULL,
    "group" character varying(80) NOT NULL,
    is_shown boolean NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    read_at timestamp with time zone,
    actor_id bigint,
    organization_id bigint NOT NULL,
    recipient_id bigint NOT NULL,
    project_id bigint
);
--
ALTER TABLE notifications_notification ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME notifications_notification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE notifications_notificationchoice (
    id bigint NOT NULL,
    kind character varying(32) NOT NULL,
    in_app boolean NOT NULL,
    by_email boolean NOT NULL,
    user_id bigint NOT NULL
);
--
ALTER TABLE notifications_notificationchoice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME notifications_notificationchoice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE projects_defaultview (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    view_id bigint NOT NULL
);
--
ALTER TABLE projects_defaultview ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME projects_defaultview_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE projects_guideline (
    id bigint NOT NULL,
    version integer NOT NULL,
    text text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    project_id bigint NOT NULL
);
--
ALTER TABLE projects_guideline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME projects_guideline_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE projects_guidelinepicture (
    id bigint NOT NULL,
    sha256 character varying(64) NOT NULL,
    content_type character varying(40) NOT NULL,
    storage_key character varying(200) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    project_id bigint NOT NULL
);
--
ALTER TABLE projects_guidelinepicture ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME projects_guidelinepicture_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE projects_labelschema (
    id bigint NOT NULL,
    version integer NOT NULL,
    labels jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    project_id bigint NOT NULL,
    attributes jsonb NOT NULL
);
--
ALTER TABLE projects_labelschema ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME projects_labelschema_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE projects_project (
    id bigint NOT NULL,
    name character varying(120) NOT NULL,
    kind character varying(20) NOT NULL,
    note text NOT NULL,
    split_seed character varying(64) CONSTRAINT projects_project_seal_key_not_null NOT NULL,
    target double precision NOT NULL,
    created_at timestamp with time zone NOT NULL,
    archived_at timestamp with time zone,
    created_by_id bigint,
    dataset_id bigint NOT NULL,
    organization_id bigint NOT NULL,
    min_agreement double precision CONSTRAINT projects_project_agreement_floor_not_null NOT NULL,
    is_open_to_everyone boolean CONSTRAINT projects_project_everyone_not_null NOT NULL,
    gold_fraction double precision CONSTRAINT projects_project_gold_share_not_null NOT NULL,
    guideline_version integer NOT NULL,
    hourly_cost double precision NOT NULL,
    max_annotations_per_task smallint CONSTRAINT projects_project_max_answers_not_null NOT NULL,
    "order" character varying(16) NOT NULL,
    overlap smallint NOT NULL,
    overlap_fraction double precision CONSTRAINT projects_project_overlap_share_not_null NOT NULL,
    max_annotations_per_person integer,
    qualification_tasks smallint CONSTRAINT projects_project_practice_not_null NOT NULL,
    queue_version integer CONSTRAINT projects_project_queue_epoch_not_null NOT NULL,
    review_fraction double precision CONSTRAINT projects_project_review_share_not_null NOT NULL,
    schema_version integer NOT NULL,
    second_review boolean NOT NULL,
    min_gold_accuracy double precision,
    CONSTRAINT target_is_a_share CHECK (((target > (0.0)::double precision) AND (target < (1.0)::double precision)))
);
--
CREATE TABLE projects_project_added_datasets (
    id bigint NOT NULL,
    project_id bigint NOT NULL,
    dataset_id bigint NOT NULL
);
--
ALTER TABLE projects_project_added_datasets ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME projects_project_added_datasets_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
ALTER TABLE projects_project ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME projects_project_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE projects_project_teams (
    id bigint NOT NULL,
    project_id bigint NOT NULL,
    team_id bigint NOT NULL
);
--
ALTER TABLE projects_project_teams ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME projects_project_teams_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE projects_savedview (
    id bigint NOT NULL,
    list_key character varying(40) NOT NULL,
    name character varying(80) NOT NULL,
    query jsonb NOT NULL,
    hidden_columns character varying(40)[],
    is_shared boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    organization_id bigint NOT NULL,
    owner_id bigint NOT NULL,
    project_id bigint
);
--
ALTER TABLE projects_savedview ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME projects_savedview_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE projects_team (
    id bigint NOT NULL,
    name character varying(80) NOT NULL,
    organization_id bigint NOT NULL
);
--
ALTER TABLE projects_team ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME projects_team_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE projects_team_members (
    id bigint NOT NULL,
    team_id bigint NOT NULL,
    user_id bigint NOT NULL
);
--
ALTER TABLE projects_team_members ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME projects_team_members_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE quality_goldresult (
    id bigint CONSTRAINT quality_goldanswer_id_not_null NOT NULL,
    is_qualification boolean CONSTRAINT quality_goldanswer_practice_not_null NOT NULL,
    similarity double precision CONSTRAINT quality_goldanswer_score_not_null NOT NULL,
    is_correct boolean CONSTRAINT quality_goldanswer_right_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT quality_goldanswer_created_at_not_null NOT NULL,
    annotation_id bigint CONSTRAINT quality_goldanswer_annotation_id_not_null NOT NULL,
    project_id bigint CONSTRAINT quality_goldanswer_project_id_not_null NOT NULL,
    task_id bigint CONSTRAINT quality_goldanswer_task_id_not_null NOT NULL,
    user_id bigint CONSTRAINT quality_goldanswer_user_id_not_null NOT NULL
);
--
ALTER TABLE quality_goldresult ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME quality_goldanswer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE quality_goldtask (
    task_id bigint CONSTRAINT quality_golditem_task_id_not_null NOT NULL,
    value jsonb CONSTRAINT quality_golditem_value_not_null NOT NULL,
    is_qualification boolean CONSTRAINT quality_golditem_practice_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT quality_golditem_created_at_not_null NOT NULL,
    created_by_id bigint
);
--
CREATE TABLE quality_labelissue (
    id bigint CONSTRAINT quality_labeldoubt_id_not_null NOT NULL,
    reason character varying(24) CONSTRAINT quality_labeldoubt_reason_not_null NOT NULL,
    suggested_label character varying(40) CONSTRAINT quality_labeldoubt_suggested_not_null NOT NULL,
    score double precision CONSTRAINT quality_labeldoubt_score_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT quality_labeldoubt_created_at_not_null NOT NULL,
    annotation_id bigint CONSTRAINT quality_labeldoubt_annotation_id_not_null NOT NULL,
    task_id bigint CONSTRAINT quality_labeldoubt_task_id_not_null NOT NULL,
    duplicate_task_id bigint
);
--
ALTER TABLE quality_labelissue ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME quality_labeldoubt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE quality_review (
    id bigint NOT NULL,
    round smallint NOT NULL,
    verdict character varying(9) NOT NULL,
    reason character varying(500) NOT NULL,
    is_first_pass boolean CONSTRAINT quality_review_first_pass_not_null NOT NULL,
    client_id uuid NOT NULL,
    active_ms integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    annotation_id bigint NOT NULL,
    author_id bigint,
    correction_id bigint,
    project_id bigint NOT NULL,
    reviewer_id bigint,
    task_id bigint NOT NULL,
    CONSTRAINT corrected_has_correction CHECK (((NOT ((verdict)::text = 'corrected'::text)) OR (correction_id IS NOT NULL)))
);
--
ALTER TABLE quality_review ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME quality_review_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE quality_reviewtally (
    id bigint NOT NULL,
    reviews integer DEFAULT 0 NOT NULL,
    accepted integer DEFAULT 0 NOT NULL,
    tasks integer DEFAULT 0 NOT NULL,
    first_pass integer DEFAULT 0 NOT NULL,
    first_round integer DEFAULT 0 NOT NULL,
    first_round_accepted integer DEFAULT 0 NOT NULL,
    author_id bigint,
    project_id bigint NOT NULL
);
--
ALTER TABLE quality_reviewtally ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME quality_reviewtally_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE quotas_organizationquota (
    id bigint NOT NULL,
    kind character varying(20) NOT NULL,
    "limit" bigint,
    organization_id bigint NOT NULL
);
--
ALTER TABLE quotas_organizationquota ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME quotas_organizationquota_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE quotas_storageusage (
    organization_id bigint NOT NULL,
    used_bytes bigint NOT NULL
);
--
CREATE TABLE quotas_storedfile (
    key character varying(1200) NOT NULL,
    size bigint NOT NULL,
    is_pending boolean NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    organization_id bigint NOT NULL
);
--
CREATE TABLE segmentation_models_segmentationmodel (
    id bigint CONSTRAINT segmentation_models_assistant_id_not_null NOT NULL,
    name character varying(120) CONSTRAINT segmentation_models_assistant_name_not_null NOT NULL,
    storage_key character varying(200) CONSTRAINT segmentation_models_assistant_storage_key_not_null NOT NULL,
    size_bytes bigint CONSTRAINT segmentation_models_assistant_size_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT segmentation_models_assistant_created_at_not_null NOT NULL,
    created_by_id bigint,
    organization_id bigint CONSTRAINT segmentation_models_assistant_organization_id_not_null NOT NULL
);
--
ALTER TABLE segmentation_models_segmentationmodel ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME segmentation_models_assistant_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE snapshots_snapshot (
    id bigint NOT NULL,
    version integer NOT NULL,
    state character varying(8) NOT NULL,
    kind character varying(20) NOT NULL,
    labels jsonb NOT NULL,
    schema_version integer NOT NULL,
    content_hash character varying(64) NOT NULL,
    manifest_key character varying(200) NOT NULL,
    item_count integer CONSTRAINT snapshots_snapshot_rows_not_null NOT NULL,
    train_count integer CONSTRAINT snapshots_snapshot_train_not_null NOT NULL,
    test_count integer CONSTRAINT snapshots_snapshot_sealed_not_null NOT NULL,
    excluded_count integer CONSTRAINT snapshots_snapshot_left_out_not_null NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    job_id bigint,
    project_id bigint NOT NULL,
    erased_count integer DEFAULT 0 CONSTRAINT snapshots_snapshot_erased_not_null NOT NULL,
    erased_at timestamp with time zone,
    CONSTRAINT ready_has_hash CHECK (((NOT ((state)::text = 'ready'::text)) OR (NOT ((content_hash)::text = ''::text))))
);
--
ALTER TABLE snapshots_snapshot ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME snapshots_snapshot_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE snapshots_snapshotentry (
    id bigint NOT NULL,
    split character varying(8) CONSTRAINT snapshots_snapshotentry_side_not_null NOT NULL,
    annotation_id bigint NOT NULL,
    item_id bigint NOT NULL,
    snapshot_id bigint NOT NULL
);
--
ALTER TABLE snapshots_snapshotentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME snapshots_snapshotentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE snapshots_splitassignment (
    id bigint CONSTRAINT snapshots_splitside_id_not_null NOT NULL,
    split character varying(8) CONSTRAINT snapshots_splitside_side_not_null NOT NULL,
    "group" bigint CONSTRAINT snapshots_splitside_group_not_null NOT NULL,
    item_id bigint CONSTRAINT snapshots_splitside_item_id_not_null NOT NULL,
    project_id bigint CONSTRAINT snapshots_splitside_project_id_not_null NOT NULL,
    CONSTRAINT split_known CHECK (((split)::text = ANY ((ARRAY['train'::character varying, 'test'::character varying, 'excluded'::character varying])::text[])))
);
--
ALTER TABLE snapshots_splitassignment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME snapshots_splitside_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE socialaccount_socialaccount (
    id integer NOT NULL,
    provider character varying(200) NOT NULL,
    uid character varying(191) NOT NULL,
    last_login timestamp with time zone NOT NULL,
    date_joined timestamp with time zone NOT NULL,
    extra_data jsonb NOT NULL,
    user_id bigint NOT NULL
);
--
ALTER TABLE socialaccount_socialaccount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME socialaccount_socialaccount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE socialaccount_socialapp (
    id integer NOT NULL,
    provider character varying(30) NOT NULL,
    name character varying(40) NOT NULL,
    client_id character varying(191) NOT NULL,
    secret character varying(191) NOT NULL,
    key character varying(191) NOT NULL,
    provider_id character varying(200) NOT NULL,
    settings jsonb NOT NULL
);
--
ALTER TABLE socialaccount_socialapp ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME socialaccount_socialapp_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE socialaccount_socialtoken (
    id integer NOT NULL,
    token text NOT NULL,
    token_secret text NOT NULL,
    expires_at timestamp with time zone,
    account_id integer NOT NULL,
    app_id integer
);
--
ALTER TABLE socialaccount_socialtoken ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME socialaccount_socialtoken_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE sweeps_sweep (
    id bigint CONSTRAINT sweeps_search_id_not_null NOT NULL,
    recipe character varying(40) CONSTRAINT sweeps_search_recipe_not_null NOT NULL,
    method character varying(8) CONSTRAINT sweeps_search_method_not_null NOT NULL,
    pruning_enabled boolean CONSTRAINT sweeps_search_prunes_not_null NOT NULL,
    seed integer CONSTRAINT sweeps_search_seed_not_null NOT NULL,
    space jsonb CONSTRAINT sweeps_search_space_not_null NOT NULL,
    fixed jsonb CONSTRAINT sweeps_search_fixed_not_null NOT NULL,
    metric character varying(20) CONSTRAINT sweeps_search_metric_not_null NOT NULL,
    importance jsonb CONSTRAINT sweeps_search_importance_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT sweeps_search_created_at_not_null NOT NULL,
    created_by_id bigint,
    project_id bigint CONSTRAINT sweeps_search_project_id_not_null NOT NULL,
    snapshot_id bigint CONSTRAINT sweeps_search_snapshot_id_not_null NOT NULL,
    CONSTRAINT sweep_method_known CHECK (((method)::text = ANY ((ARRAY['random'::character varying, 'tpe'::character varying])::text[])))
);
--
ALTER TABLE sweeps_sweep ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sweeps_search_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE sweeps_trial (
    id bigint NOT NULL,
    number integer NOT NULL,
    state character varying(8) NOT NULL,
    params jsonb NOT NULL,
    rungs jsonb NOT NULL,
    value double precision,
    seconds double precision NOT NULL,
    job_id bigint NOT NULL,
    sweep_id bigint CONSTRAINT sweeps_trial_search_id_not_null NOT NULL,
    CONSTRAINT done_trial_has_value CHECK (((NOT ((state)::text = 'done'::text)) OR (value IS NOT NULL))),
    CONSTRAINT trial_state_known CHECK (((state)::text = ANY ((ARRAY['waiting'::character varying, 'running'::character varying, 'done'::character varying, 'pruned'::character varying])::text[])))
);
--
ALTER TABLE sweeps_trial ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME sweeps_trial_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE training_trainingrun (
    id bigint NOT NULL,
    recipe character varying(40) NOT NULL,
    params jsonb NOT NULL,
    seed integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    job_id bigint NOT NULL,
    project_id bigint NOT NULL,
    snapshot_id bigint NOT NULL,
    mlflow_run_id character varying(32) DEFAULT ''::character varying NOT NULL
);
--
ALTER TABLE training_trainingrun ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME training_trainingrun_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE webhooks_delivery (
    id bigint NOT NULL,
    event character varying(30) NOT NULL,
    payload jsonb CONSTRAINT webhooks_delivery_body_not_null NOT NULL,
    state character varying(9) NOT NULL,
    attempts integer NOT NULL,
    next_attempt_at timestamp with time zone CONSTRAINT webhooks_delivery_next_at_not_null NOT NULL,
    response character varying(300) CONSTRAINT webhooks_delivery_answer_not_null NOT NULL,
    created_at timestamp with time zone NOT NULL,
    webhook_id bigint NOT NULL,
    project_id bigint
);
--
ALTER TABLE webhooks_delivery ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME webhooks_delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
CREATE TABLE webhooks_webhook (
    id bigint NOT NULL,
    url character varying(500) NOT NULL,
    events character varying(30)[] NOT NULL,
    secret character varying(300) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    organization_id bigint NOT NULL,
    deleted_at timestamp with time zone
);
--
ALTER TABLE webhooks_webhook ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME webhooks_webhook_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
--
INSERT INTO identity_role (id, key, title, scopes, organization_id, reach) VALUES (2, 'annotator', 'annotator', '["labels.write", "projects.read"]', NULL, 'open');
INSERT INTO identity_role (id, key, title, scopes, organization_id, reach) VALUES (3, 'reviewer', 'reviewer', '["data.read", "labels.review", "labels.write", "projects.read"]', NULL, 'open');
INSERT INTO identity_role (id, key, title, scopes, organization_id, reach) VALUES (4, 'manager', 'manager', '["contracts.read", "contracts.sign", "contracts.write", "data.read", "data.write", "labels.review", "labels.write", "members.read", "models.approve", "models.predict", "models.read", "projects.read", "projects.write", "runs.read", "runs.write", "snapshots.read", "snapshots.write"]', NULL, 'open');
INSERT INTO identity_role (id, key, title, scopes, organization_id, reach) VALUES (5, 'scientist', 'scientist', '["contracts.read", "contracts.sign", "contracts.write", "data.read", "data.write", "labels.review", "labels.write", "members.read", "models.predict", "models.read", "models.write", "projects.read", "runs.read", "runs.write", "snapshots.read", "snapshots.write"]', NULL, 'open');
INSERT INTO identity_role (id, key, title, scopes, organization_id, reach) VALUES (6, 'admin', 'admin', '["audit.read", "contracts.read", "contracts.sign", "contracts.write", "data.erase", "data.read", "data.write", "labels.review", "labels.write", "members.read", "members.write", "models.approve", "models.predict", "models.read", "models.write", "projects.read", "projects.write", "runs.read", "runs.write", "snapshots.read", "snapshots.write"]', NULL, 'all');
INSERT INTO identity_role (id, key, title, scopes, organization_id, reach) VALUES (1, 'customer', 'customer', '["contracts.read", "contracts.sign", "models.predict", "models.read", "projects.read", "runs.read"]', NULL, 'given');
--
SELECT pg_catalog.setval('identity_role_id_seq', 6, true);
--
ALTER TABLE ONLY account_emailaddress
    ADD CONSTRAINT account_emailaddress_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_email_987c8728_uniq UNIQUE (user_id, email);
--
ALTER TABLE ONLY account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_key_key UNIQUE (key);
--
ALTER TABLE ONLY account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY labeling_annotation
    ADD CONSTRAINT annotation_client_id_once UNIQUE (task_id, client_id);
--
ALTER TABLE ONLY audit_auditevent
    ADD CONSTRAINT audit_auditevent_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY audit_auditpending
    ADD CONSTRAINT audit_auditpending_pkey PRIMARY KEY (event_id);
--
ALTER TABLE ONLY audit_auditseal
    ADD CONSTRAINT audit_auditseal_pkey PRIMARY KEY (event_id);
--
ALTER TABLE ONLY audit_dailydataaccess
    ADD CONSTRAINT audit_seenday_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY audit_dataaccess
    ADD CONSTRAINT audit_viewing_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);
--
ALTER TABLE ONLY auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);
--
ALTER TABLE ONLY auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);
--
ALTER TABLE ONLY auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY backups_finishedbackup
    ADD CONSTRAINT backups_finishedbackup_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY contracts_contract
    ADD CONSTRAINT contracts_contract_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY contracts_contractevaluation
    ADD CONSTRAINT contracts_look_job_id_key UNIQUE (job_id);
--
ALTER TABLE ONLY contracts_contractevaluation
    ADD CONSTRAINT contracts_look_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY contracts_signature
    ADD CONSTRAINT contracts_signature_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY contracts_signer
    ADD CONSTRAINT contracts_signer_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY learning_curves_curvepoint
    ADD CONSTRAINT curve_point_once UNIQUE (learning_curve_id, n, seed);
--
ALTER TABLE ONLY datalake_asset
    ADD CONSTRAINT datalake_asset_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY datalake_dataset
    ADD CONSTRAINT datalake_dataset_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY datalake_erasedfile
    ADD CONSTRAINT datalake_erasedfile_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY datalake_erasure
    ADD CONSTRAINT datalake_erasure_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY datalake_ingestbatch
    ADD CONSTRAINT datalake_ingestbatch_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY datalake_ingestfinding
    ADD CONSTRAINT datalake_ingestfinding_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY datalake_item
    ADD CONSTRAINT datalake_item_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY datalake_multipartfile
    ADD CONSTRAINT datalake_partedfile_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY datalake_stagedfile
    ADD CONSTRAINT datalake_stagedfile_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY datalake_storagesource
    ADD CONSTRAINT datalake_storagesource_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY datalake_dataset
    ADD CONSTRAINT dataset_name_once UNIQUE (organization_id, name);
--
ALTER TABLE ONLY projects_defaultview
    ADD CONSTRAINT default_view_once UNIQUE (user_id, view_id);
--
ALTER TABLE ONLY demand_servicearea
    ADD CONSTRAINT demand_area_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY demand_eventfile
    ADD CONSTRAINT demand_eventfile_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY demand_demandreport
    ADD CONSTRAINT demand_report_job_id_key UNIQUE (job_id);
--
ALTER TABLE ONLY demand_demandreport
    ADD CONSTRAINT demand_report_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY demand_timebinforecast
    ADD CONSTRAINT demand_slotforecast_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY demand_weatherfile
    ADD CONSTRAINT demand_weatherfile_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY deployments_batchprediction
    ADD CONSTRAINT deployments_batch_job_id_key UNIQUE (job_id);
--
ALTER TABLE ONLY deployments_batchprediction
    ADD CONSTRAINT deployments_batch_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY deployments_deployment
    ADD CONSTRAINT deployments_deployment_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY deployments_feedback
    ADD CONSTRAINT deployments_feedback_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY deployments_deploymentstatshourly
    ADD CONSTRAINT deployments_hour_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY deployments_replica
    ADD CONSTRAINT deployments_replica_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);
--
ALTER TABLE ONLY django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY labeling_draft
    ADD CONSTRAINT draft_once UNIQUE (user_id, task_id);
--
ALTER TABLE ONLY demand_eventfile
    ADD CONSTRAINT events_once UNIQUE (area_id, sha256);
--
ALTER TABLE ONLY model_versions_browserexport
    ADD CONSTRAINT export_once UNIQUE (version_id, variant);
--
ALTER TABLE ONLY learning_curves_forecastbacktest
    ADD CONSTRAINT forecast_backtest_once UNIQUE (stored_forecast_id, n);
--
ALTER TABLE ONLY quality_goldresult
    ADD CONSTRAINT gold_result_once UNIQUE (task_id, user_id);
--
ALTER TABLE ONLY projects_guidelinepicture
    ADD CONSTRAINT guideline_picture_once UNIQUE (project_id, sha256);
--
ALTER TABLE ONLY projects_guideline
    ADD CONSTRAINT guideline_version_once UNIQUE (project_id, version);
--
ALTER TABLE ONLY identity_apitoken
    ADD CONSTRAINT identity_apitoken_digest_key UNIQUE (digest);
--
ALTER TABLE ONLY identity_apitoken
    ADD CONSTRAINT identity_apitoken_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY identity_membersession
    ADD CONSTRAINT identity_membersession_pkey PRIMARY KEY (session_key);
--
ALTER TABLE ONLY identity_membership
    ADD CONSTRAINT identity_membership_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY identity_organization
    ADD CONSTRAINT identity_organization_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY identity_organization
    ADD CONSTRAINT identity_organization_slug_key UNIQUE (slug);
--
ALTER TABLE ONLY identity_role
    ADD CONSTRAINT identity_role_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY identity_singlesignon
    ADD CONSTRAINT identity_singlesignon_organization_id_key UNIQUE (organization_id);
--
ALTER TABLE ONLY identity_singlesignon
    ADD CONSTRAINT identity_singlesignon_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY identity_user
    ADD CONSTRAINT identity_user_email_key UNIQUE (email);
--
ALTER TABLE ONLY identity_user
    ADD CONSTRAINT identity_user_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY labeling_task
    ADD CONSTRAINT item_once_in_project UNIQUE (project_id, item_id);
--
ALTER TABLE ONLY snapshots_snapshotentry
    ADD CONSTRAINT item_once_in_snapshot UNIQUE (snapshot_id, item_id);
--
ALTER TABLE ONLY jobs_job
    ADD CONSTRAINT jobs_job_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY jobs_joblog
    ADD CONSTRAINT jobs_joblog_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY jobs_joboutput
    ADD CONSTRAINT jobs_joboutput_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY jobs_quota
    ADD CONSTRAINT jobs_quota_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY jobs_route
    ADD CONSTRAINT jobs_route_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY quality_labelissue
    ADD CONSTRAINT label_issue_once UNIQUE (task_id, reason);
--
ALTER TABLE ONLY labeling_annotation
    ADD CONSTRAINT labeling_annotation_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY labeling_comment
    ADD CONSTRAINT labeling_comment_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY labeling_draft
    ADD CONSTRAINT labeling_draft_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY labeling_expiredlease
    ADD CONSTRAINT labeling_expiredlease_pkey PRIMARY KEY (user_id, task_id);
--
ALTER TABLE ONLY labeling_lease
    ADD CONSTRAINT labeling_lease_pkey PRIMARY KEY (user_id, task_id);
--
ALTER TABLE ONLY labeling_preannotation
    ADD CONSTRAINT labeling_prelabel_pkey PRIMARY KEY (task_id);
--
ALTER TABLE ONLY labeling_projectmembership
    ADD CONSTRAINT labeling_seat_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY labeling_skip
    ADD CONSTRAINT labeling_skip_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY labeling_task
    ADD CONSTRAINT labeling_task_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY labeling_workday
    ADD CONSTRAINT labeling_workday_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY learning_curves_curvepoint
    ADD CONSTRAINT learning_curves_curvepoint_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY learning_curves_projectcostmodel
    ADD CONSTRAINT learning_curves_economics_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY learning_curves_projectcostmodel
    ADD CONSTRAINT learning_curves_economics_project_id_key UNIQUE (project_id);
--
ALTER TABLE ONLY learning_curves_forecastbacktest
    ADD CONSTRAINT learning_curves_forecastoutcome_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY learning_curves_storedforecast
    ADD CONSTRAINT learning_curves_forecastrecord_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY learning_curves_learningcurveschedule
    ADD CONSTRAINT learning_curves_liveplan_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY learning_curves_learningcurveschedule
    ADD CONSTRAINT learning_curves_liveplan_project_id_key UNIQUE (project_id);
--
ALTER TABLE ONLY learning_curves_activelearningsimulation
    ADD CONSTRAINT learning_curves_replay_job_id_key UNIQUE (job_id);
--
ALTER TABLE ONLY learning_curves_activelearningsimulation
    ADD CONSTRAINT learning_curves_replay_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY learning_curves_learningcurve
    ADD CONSTRAINT learning_curves_study_job_id_key UNIQUE (job_id);
--
ALTER TABLE ONLY learning_curves_learningcurve
    ADD CONSTRAINT learning_curves_study_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY learning_curves_ablation
    ADD CONSTRAINT learning_curves_ways_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY meshes_meshcollection
    ADD CONSTRAINT mesh_collection_name_once UNIQUE (organization_id, name);
--
ALTER TABLE ONLY meshes_mesh3d
    ADD CONSTRAINT mesh_once UNIQUE (collection_id, sha256);
--
ALTER TABLE ONLY meshes_meshcollection
    ADD CONSTRAINT meshes_collection_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY meshes_meshresult
    ADD CONSTRAINT meshes_made_job_id_key UNIQUE (job_id);
--
ALTER TABLE ONLY meshes_meshresult
    ADD CONSTRAINT meshes_made_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY meshes_mesh3d
    ADD CONSTRAINT meshes_thing_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY model_versions_registeredmodel
    ADD CONSTRAINT model_name_once UNIQUE (project_id, name);
--
ALTER TABLE ONLY model_versions_aliaschange
    ADD CONSTRAINT model_versions_aliasmove_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY model_versions_browserexport
    ADD CONSTRAINT model_versions_browserexport_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY model_versions_evaluation
    ADD CONSTRAINT model_versions_evaluation_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY model_versions_modelfile
    ADD CONSTRAINT model_versions_modelfile_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY model_versions_modelpolicy
    ADD CONSTRAINT model_versions_modelpolicy_pkey PRIMARY KEY (project_id);
--
ALTER TABLE ONLY model_versions_modelversion
    ADD CONSTRAINT model_versions_modelversion_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY model_versions_registeredmodel
    ADD CONSTRAINT model_versions_registeredmodel_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY datalake_multipartfile
    ADD CONSTRAINT multipart_name_once UNIQUE (batch_id, name);
--
ALTER TABLE ONLY contracts_signer
    ADD CONSTRAINT nobody_is_named_for_both UNIQUE (contract_id, user_id);
--
ALTER TABLE ONLY contracts_signature
    ADD CONSTRAINT nobody_signs_for_both UNIQUE (contract_id, user_id);
--
ALTER TABLE ONLY notifications_notificationchoice
    ADD CONSTRAINT notification_choice_once UNIQUE (user_id, kind);
--
ALTER TABLE ONLY notifications_email
    ADD CONSTRAINT notifications_email_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY notifications_notification
    ADD CONSTRAINT notifications_notification_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY notifications_notificationchoice
    ADD CONSTRAINT notifications_notificationchoice_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY datalake_asset
    ADD CONSTRAINT one_asset_per_file UNIQUE (organization_id, sha256);
--
ALTER TABLE ONLY identity_membership
    ADD CONSTRAINT one_membership UNIQUE (organization_id, user_id);
--
ALTER TABLE ONLY jobs_joboutput
    ADD CONSTRAINT one_output_a_place UNIQUE (job_id, begin);
--
ALTER TABLE ONLY jobs_quota
    ADD CONSTRAINT one_quota_a_queue UNIQUE (organization_id, queue);
--
ALTER TABLE ONLY jobs_route
    ADD CONSTRAINT one_route_a_queue UNIQUE (organization_id, queue);
--
ALTER TABLE ONLY deployments_deploymentstatshourly
    ADD CONSTRAINT one_row_an_hour UNIQUE (deployment_id, version_id, hour);
--
ALTER TABLE ONLY audit_auditseal
    ADD CONSTRAINT one_seal_a_place UNIQUE (organization_id, number);
--
ALTER TABLE ONLY audit_dailydataaccess
    ADD CONSTRAINT one_seen_day UNIQUE (organization_id, user_id, day);
--
ALTER TABLE ONLY contracts_signature
    ADD CONSTRAINT one_signature_for_each_party UNIQUE (contract_id, party);
--
ALTER TABLE ONLY audit_dataaccess
    ADD CONSTRAINT one_viewing_a_day UNIQUE (asset_id, user_id, day);
--
ALTER TABLE ONLY labeling_projectmembership
    ADD CONSTRAINT project_membership_once UNIQUE NULLS NOT DISTINCT (project_id, user_id);
--
ALTER TABLE ONLY projects_project
    ADD CONSTRAINT project_name_once UNIQUE (organization_id, name);
--
ALTER TABLE ONLY projects_defaultview
    ADD CONSTRAINT projects_defaultview_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY projects_guideline
    ADD CONSTRAINT projects_guideline_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY projects_guidelinepicture
    ADD CONSTRAINT projects_guidelinepicture_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY projects_labelschema
    ADD CONSTRAINT projects_labelschema_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY projects_project_added_datasets
    ADD CONSTRAINT projects_project_added_d_project_id_dataset_id_3b6045af_uniq UNIQUE (project_id, dataset_id);
--
ALTER TABLE ONLY projects_project_added_datasets
    ADD CONSTRAINT projects_project_added_datasets_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY projects_project
    ADD CONSTRAINT projects_project_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY projects_project_teams
    ADD CONSTRAINT projects_project_teams_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY projects_project_teams
    ADD CONSTRAINT projects_project_teams_project_id_team_id_e923d0e2_uniq UNIQUE (project_id, team_id);
--
ALTER TABLE ONLY projects_savedview
    ADD CONSTRAINT projects_savedview_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY projects_team_members
    ADD CONSTRAINT projects_team_members_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY projects_team_members
    ADD CONSTRAINT projects_team_members_team_id_user_id_6fb91c8c_uniq UNIQUE (team_id, user_id);
--
ALTER TABLE ONLY projects_team
    ADD CONSTRAINT projects_team_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY quality_goldresult
    ADD CONSTRAINT quality_goldanswer_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY quality_goldtask
    ADD CONSTRAINT quality_golditem_pkey PRIMARY KEY (task_id);
--
ALTER TABLE ONLY quality_labelissue
    ADD CONSTRAINT quality_labeldoubt_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY quality_review
    ADD CONSTRAINT quality_review_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY quality_reviewtally
    ADD CONSTRAINT quality_reviewtally_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY quotas_organizationquota
    ADD CONSTRAINT quota_once_of_a_kind UNIQUE (organization_id, kind);
--
ALTER TABLE ONLY quotas_organizationquota
    ADD CONSTRAINT quotas_organizationquota_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY quotas_storageusage
    ADD CONSTRAINT quotas_storageusage_pkey PRIMARY KEY (organization_id);
--
ALTER TABLE ONLY quotas_storedfile
    ADD CONSTRAINT quotas_storedfile_pkey PRIMARY KEY (key);
--
ALTER TABLE ONLY deployments_replica
    ADD CONSTRAINT replica_once UNIQUE (deployment_id, process);
--
ALTER TABLE ONLY quality_review
    ADD CONSTRAINT review_once UNIQUE (task_id, client_id);
--
ALTER TABLE ONLY quality_reviewtally
    ADD CONSTRAINT review_tally_once UNIQUE NULLS NOT DISTINCT (project_id, author_id);
--
ALTER TABLE ONLY identity_role
    ADD CONSTRAINT role_key_unique UNIQUE NULLS NOT DISTINCT (organization_id, key);
--
ALTER TABLE ONLY projects_savedview
    ADD CONSTRAINT saved_view_name_once UNIQUE NULLS NOT DISTINCT (owner_id, organization_id, list_key, project_id, name);
--
ALTER TABLE ONLY projects_labelschema
    ADD CONSTRAINT schema_version_once UNIQUE (project_id, version);
--
ALTER TABLE ONLY segmentation_models_segmentationmodel
    ADD CONSTRAINT segmentation_model_name_once UNIQUE (organization_id, name);
--
ALTER TABLE ONLY segmentation_models_segmentationmodel
    ADD CONSTRAINT segmentation_models_assistant_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY demand_servicearea
    ADD CONSTRAINT service_area_name_once UNIQUE (organization_id, name);
--
ALTER TABLE ONLY snapshots_snapshot
    ADD CONSTRAINT snapshot_version_once UNIQUE (project_id, version);
--
ALTER TABLE ONLY snapshots_snapshot
    ADD CONSTRAINT snapshots_snapshot_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY snapshots_snapshotentry
    ADD CONSTRAINT snapshots_snapshotentry_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY snapshots_splitassignment
    ADD CONSTRAINT snapshots_splitside_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY socialaccount_socialaccount
    ADD CONSTRAINT socialaccount_socialaccount_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY socialaccount_socialaccount
    ADD CONSTRAINT socialaccount_socialaccount_provider_uid_fc810c6e_uniq UNIQUE (provider, uid);
--
ALTER TABLE ONLY socialaccount_socialapp
    ADD CONSTRAINT socialaccount_socialapp_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_socialtoken_app_id_account_id_fca4e0ac_uniq UNIQUE (app_id, account_id);
--
ALTER TABLE ONLY socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_socialtoken_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY snapshots_splitassignment
    ADD CONSTRAINT split_assignment_once UNIQUE (project_id, item_id);
--
ALTER TABLE ONLY datalake_stagedfile
    ADD CONSTRAINT staged_name_once UNIQUE (batch_id, name);
--
ALTER TABLE ONLY datalake_storagesource
    ADD CONSTRAINT storage_source_name_once UNIQUE (organization_id, name);
--
ALTER TABLE ONLY sweeps_sweep
    ADD CONSTRAINT sweeps_search_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY sweeps_trial
    ADD CONSTRAINT sweeps_trial_job_id_key UNIQUE (job_id);
--
ALTER TABLE ONLY sweeps_trial
    ADD CONSTRAINT sweeps_trial_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY projects_team
    ADD CONSTRAINT team_name_once UNIQUE (organization_id, name);
--
ALTER TABLE ONLY demand_timebinforecast
    ADD CONSTRAINT time_bin_forecast_once UNIQUE (area_id, starts_at);
--
ALTER TABLE ONLY training_trainingrun
    ADD CONSTRAINT training_trainingrun_job_id_key UNIQUE (job_id);
--
ALTER TABLE ONLY training_trainingrun
    ADD CONSTRAINT training_trainingrun_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY sweeps_trial
    ADD CONSTRAINT trial_once UNIQUE (sweep_id, number);
--
ALTER TABLE ONLY demand_weatherfile
    ADD CONSTRAINT weather_once UNIQUE (area_id, sha256);
--
ALTER TABLE ONLY webhooks_delivery
    ADD CONSTRAINT webhooks_delivery_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY webhooks_webhook
    ADD CONSTRAINT webhooks_webhook_pkey PRIMARY KEY (id);
--
ALTER TABLE ONLY labeling_workday
    ADD CONSTRAINT workday_once UNIQUE (project_id, user_id, day);
--
CREATE INDEX account_emailaddress_email_03be32b2 ON account_emailaddress USING btree (email);
--
CREATE INDEX account_emailaddress_email_03be32b2_like ON account_emailaddress USING btree (email varchar_pattern_ops);
--
CREATE INDEX account_emailaddress_user_id_2c513194 ON account_emailaddress USING btree (user_id);
--
CREATE INDEX account_emailconfirmation_email_address_id_5b7f8c58 ON account_emailconfirmation USING btree (email_address_id);
--
CREATE INDEX account_emailconfirmation_key_f43612bd_like ON account_emailconfirmation USING btree (key varchar_pattern_ops);
--
CREATE UNIQUE INDEX address_once_in_dataset ON datalake_item USING btree (dataset_id, uri) WHERE (NOT ((uri)::text = ''::text));
--
CREATE INDEX alias_history ON model_versions_aliaschange USING btree (project_id, name, alias, id DESC);
--
CREATE INDEX annotation_by_label ON labeling_annotation USING gin (label_ids jsonb_path_ops);
--
CREATE INDEX annotation_of_person ON labeling_annotation USING btree (project_id, user_id, id DESC);
--
CREATE UNIQUE INDEX asset_once_in_dataset ON datalake_item USING btree (dataset_id, asset_id) WHERE (asset_id IS NOT NULL);
--
CREATE INDEX audit_audit_organiz_a4d01d_idx ON audit_auditevent USING btree (organization_id, id DESC);
--
CREATE INDEX audit_auditevent_organization_id_4b1fe3b9 ON audit_auditevent USING btree (organization_id);
--
CREATE INDEX audit_auditevent_user_id_871f21a9 ON audit_auditevent USING btree (user_id);
--
CREATE INDEX audit_auditseal_organization_id_868ff832 ON audit_auditseal USING btree (organization_id);
--
CREATE INDEX audit_by_action ON audit_auditevent USING btree (organization_id, action, id DESC);
--
CREATE INDEX audit_by_user ON audit_auditevent USING btree (organization_id, user_id, id DESC);
--
CREATE INDEX audit_dataa_organiz_675130_idx ON audit_dataaccess USING btree (organization_id, id DESC);
--
CREATE INDEX audit_seenday_user_id_68dfb9e9 ON audit_dailydataaccess USING btree (user_id);
--
CREATE INDEX audit_viewing_organization_id_1f7213e6 ON audit_dataaccess USING btree (organization_id);
--
CREATE INDEX audit_viewing_user_id_6b556c2d ON audit_dataaccess USING btree (user_id);
--
CREATE INDEX auth_group_name_a6ea08ec_like ON auth_group USING btree (name varchar_pattern_ops);
--
CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON auth_group_permissions USING btree (group_id);
--
CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON auth_group_permissions USING btree (permission_id);
--
CREATE INDEX auth_permission_content_type_id_2f476e4b ON auth_permission USING btree (content_type_id);
--
CREATE INDEX backup_by_kind ON backups_finishedbackup USING btree (kind, finished_at DESC);
--
CREATE INDEX contracts_contract_created_by_id_1552fda4 ON contracts_contract USING btree (created_by_id);
--
CREATE INDEX contracts_contract_project_id_42d97541 ON contracts_contract USING btree (project_id);
--
CREATE INDEX contracts_look_contract_id_1a173cdf ON contracts_contractevaluation USING btree (contract_id);
--
CREATE INDEX contracts_look_created_by_id_da581d5f ON contracts_contractevaluation USING btree (created_by_id);
--
CREATE INDEX contracts_look_model_version_id_5f518bf5 ON contracts_contractevaluation USING btree (model_version_id);
--
CREATE INDEX contracts_look_snapshot_id_018d8fa6 ON contracts_contractevaluation USING btree (snapshot_id);
--
CREATE INDEX contracts_signature_contract_id_da3e9a54 ON contracts_signature USING btree (contract_id);
--
CREATE INDEX contracts_signature_user_id_6c9d1a8a ON contracts_signature USING btree (user_id);
--
CREATE INDEX contracts_signer_contract_id_9a167582 ON contracts_signer USING btree (contract_id);
--
CREATE INDEX contracts_signer_user_id_7e0c2623 ON contracts_signer USING btree (user_id);
--
CREATE INDEX datalake_asset_organization_id_50ae9fb1 ON datalake_asset USING btree (organization_id);
--
CREATE INDEX datalake_dataset_organization_id_48759785 ON datalake_dataset USING btree (organization_id);
--
CREATE INDEX datalake_erasure_created_by_id_8f10d2f0 ON datalake_erasure USING btree (created_by_id);
--
CREATE INDEX datalake_erasure_dataset_id_861138d6 ON datalake_erasure USING btree (dataset_id);
--
CREATE INDEX datalake_erasure_job_id_eff3ae13 ON datalake_erasure USING btree (job_id);
--
CREATE INDEX datalake_erasure_organization_id_14c845f1 ON datalake_erasure USING btree (organization_id);
--
CREATE INDEX datalake_ingestbatch_created_by_id_b3c3c73a ON datalake_ingestbatch USING btree (created_by_id);
--
CREATE INDEX datalake_ingestbatch_dataset_id_a088f761 ON datalake_ingestbatch USING btree (dataset_id);
--
CREATE INDEX datalake_ingestbatch_job_id_4e4dc5b1 ON datalake_ingestbatch USING btree (job_id);
--
CREATE INDEX datalake_ingestfinding_batch_id_addff434 ON datalake_ingestfinding USING btree (batch_id);
--
CREATE INDEX datalake_partedfile_batch_id_f4be7911 ON datalake_multipartfile USING btree (batch_id);
--
CREATE INDEX datalake_stagedfile_batch_id_31d6b032 ON datalake_stagedfile USING btree (batch_id);
--
CREATE INDEX datalake_storagesource_organization_id_614d9e2f ON datalake_storagesource USING btree (organization_id);
--
CREATE INDEX delivery_due ON webhooks_delivery USING btree (next_attempt_at) WHERE ((state)::text = 'pending'::text);
--
CREATE INDEX delivery_newest ON webhooks_delivery USING btree (webhook_id, id DESC);
--
CREATE INDEX demand_area_created_by_id_e9974215 ON demand_servicearea USING btree (created_by_id);
--
CREATE INDEX demand_area_organization_id_eb2f0afc ON demand_servicearea USING btree (organization_id);
--
CREATE INDEX demand_eventfile_area_id_770a118f ON demand_eventfile USING btree (area_id);
--
CREATE INDEX demand_report_area_id_c86acd9b ON demand_demandreport USING btree (area_id);
--
CREATE INDEX demand_slotforecast_area_id_861a7fbd ON demand_timebinforecast USING btree (area_id);
--
CREATE INDEX demand_weatherfile_area_id_4e29c523 ON demand_weatherfile USING btree (area_id);
--
CREATE INDEX deployments_batch_created_by_id_de8dea3a ON deployments_batchprediction USING btree (created_by_id);
--
CREATE INDEX deployments_batch_dataset_id_7ebef1b0 ON deployments_batchprediction USING btree (dataset_id);
--
CREATE INDEX deployments_batch_project_id_68e4d506 ON deployments_batchprediction USING btree (project_id);
--
CREATE INDEX deployments_batch_version_id_6649a47b ON deployments_batchprediction USING btree (version_id);
--
CREATE INDEX deployments_deployment_created_by_id_1847e519 ON deployments_deployment USING btree (created_by_id);
--
CREATE INDEX deployments_deployment_organization_id_c7e447d5 ON deployments_deployment USING btree (organization_id);
--
CREATE INDEX deployments_deployment_project_id_ec234d3a ON deployments_deployment USING btree (project_id);
--
CREATE INDEX deployments_deployment_shadow_id_debe82e3 ON deployments_deployment USING btree (shadow_version_id);
--
CREATE INDEX deployments_deployment_version_id_eee527e6 ON deployments_deployment USING btree (version_id);
--
CREATE INDEX deployments_feedback_deployment_id_c005c3fb ON deployments_feedback USING btree (deployment_id);
--
CREATE INDEX deployments_feedback_item_id_55f570e4 ON deployments_feedback USING btree (item_id);
--
CREATE INDEX deployments_feedback_version_id_7de24823 ON deployments_feedback USING btree (version_id);
--
CREATE INDEX deployments_hour_deployment_id_0c28721d ON deployments_deploymentstatshourly USING btree (deployment_id);
--
CREATE INDEX deployments_hour_version_id_595df92d ON deployments_deploymentstatshourly USING btree (version_id);
--
CREATE INDEX deployments_replica_deployment_id_d9fc6b29 ON deployments_replica USING btree (deployment_id);
--
CREATE INDEX deployments_replica_shadow_id_94a5fdb3 ON deployments_replica USING btree (shadow_version_id);
--
CREATE INDEX deployments_replica_version_id_64b20d5a ON deployments_replica USING btree (version_id);
--
CREATE INDEX email_due ON notifications_email USING btree (next_attempt_at) WHERE (failed_at IS NULL);
--
CREATE INDEX evaluation_newest ON model_versions_evaluation USING btree (version_id, id DESC);
--
CREATE INDEX feedback_waiting ON deployments_feedback USING btree (id) WHERE (imported_at IS NULL);
--
CREATE INDEX gold_results_of_person ON quality_goldresult USING btree (project_id, user_id, id);
--
CREATE INDEX identity_apitoken_digest_ff0ed550_like ON identity_apitoken USING btree (digest varchar_pattern_ops);
--
CREATE INDEX identity_apitoken_membership_id_8080c546 ON identity_apitoken USING btree (membership_id);
--
CREATE INDEX identity_apitoken_parent_id_a90dce40 ON identity_apitoken USING btree (parent_id);
--
CREATE INDEX identity_apitoken_project_id_c4903d00 ON identity_apitoken USING btree (project_id);
--
CREATE INDEX identity_membersession_expire_date_f8c939f8 ON identity_membersession USING btree (expire_date);
--
CREATE INDEX identity_membersession_organization_id_d210c99f ON identity_membersession USING btree (organization_id);
--
CREATE INDEX identity_membersession_session_key_4c056fac_like ON identity_membersession USING btree (session_key varchar_pattern_ops);
--
CREATE INDEX identity_membersession_user_id_f0ac1c3c ON identity_membersession USING btree (user_id);
--
CREATE INDEX identity_membership_organization_id_d79ac337 ON identity_membership USING btree (organization_id);
--
CREATE INDEX identity_membership_role_id_33a4d5e1 ON identity_membership USING btree (role_id);
--
CREATE INDEX identity_membership_user_id_91967c9a ON identity_membership USING btree (user_id);
--
CREATE INDEX identity_organization_slug_044305a8_like ON identity_organization USING btree (slug varchar_pattern_ops);
--
CREATE INDEX identity_role_key_ab5540f3 ON identity_role USING btree (key);
--
CREATE INDEX identity_role_key_ab5540f3_like ON identity_role USING btree (key varchar_pattern_ops);
--
CREATE INDEX identity_role_organization_id_259a95a6 ON identity_role USING btree (organization_id);
--
CREATE INDEX identity_singlesignon_default_role_id_893009d0 ON identity_singlesignon USING btree (default_role_id);
--
CREATE INDEX identity_user_email_65af1202_like ON identity_user USING btree (email varchar_pattern_ops);
--
CREATE INDEX item_by_asset ON datalake_item USING btree (asset_id) WHERE (asset_id IS NOT NULL);
--
CREATE INDEX item_by_name ON datalake_item USING btree (dataset_id, name);
--
CREATE INDEX item_newest ON datalake_item USING btree (dataset_id, id DESC);
--
CREATE INDEX jobs_job_created_by_id_f3283268 ON jobs_job USING btree (created_by_id);
--
CREATE INDEX jobs_job_organiz_5a6a25_idx ON jobs_job USING btree (organization_id, id DESC);
--
CREATE INDEX jobs_job_organization_id_7d00dcbc ON jobs_job USING btree (organization_id);
--
CREATE INDEX jobs_job_project_id_93355715 ON jobs_job USING btree (project_id);
--
CREATE INDEX jobs_joblog_job_id_632291_idx ON jobs_joblog USING btree (job_id, id);
--
CREATE INDEX jobs_joblog_job_id_ae8f8e96 ON jobs_joblog USING btree (job_id);
--
CREATE INDEX jobs_joboutput_job_id_b1799618 ON jobs_joboutput USING btree (job_id);
--
CREATE INDEX jobs_quota_organization_id_df84cdf3 ON jobs_quota USING btree (organization_id);
--
CREATE INDEX jobs_route_organization_id_896a6bdb ON jobs_route USING btree (organization_id);
--
CREATE INDEX jobs_unfinished ON jobs_job USING btree (state, lease_until) WHERE ((state)::text = ANY ((ARRAY['queued'::character varying, 'running'::character varying])::text[]));
--
CREATE INDEX labeling_comment_resolved_by_id_483df5af ON labeling_comment USING btree (resolved_by_id);
--
CREATE INDEX labeling_comment_task_id_f81ffe21 ON labeling_comment USING btree (task_id);
--
CREATE INDEX labeling_comment_user_id_78fdd192 ON labeling_comment USING btree (user_id);
--
CREATE INDEX labeling_draft_task_id_e58ec755 ON labeling_draft USING btree (task_id);
--
CREATE INDEX labeling_expiredlease_task_id_3d356602 ON labeling_expiredlease USING btree (task_id);
--
CREATE INDEX labeling_lease_task_id_128b5889 ON labeling_lease USING btree (task_id);
--
CREATE INDEX labeling_seat_user_id_7dee1462 ON labeling_projectmembership USING btree (user_id);
--
CREATE INDEX labeling_skip_task_id_3b4787ab ON labeling_skip USING btree (task_id);
--
CREATE INDEX labeling_skip_user_id_3bca4811 ON labeling_skip USING btree (user_id);
--
CREATE INDEX labeling_task_item_id_987921b2 ON labeling_task USING btree (item_id);
--
CREATE INDEX labeling_workday_user_id_6c557fe4 ON labeling_workday USING btree (user_id);
--
CREATE INDEX learning_curves_curvepoint_study_id_af7cb1e8 ON learning_curves_curvepoint USING btree (learning_curve_id);
--
CREATE INDEX learning_curves_forecastoutcome_record_id_78ac8429 ON learning_curves_forecastbacktest USING btree (stored_forecast_id);
--
CREATE INDEX learning_curves_forecastrecord_study_id_b964253f ON learning_curves_storedforecast USING btree (learning_curve_id);
--
CREATE INDEX learning_curves_liveplan_created_by_id_96fd7ea2 ON learning_curves_learningcurveschedule USING btree (created_by_id);
--
CREATE INDEX learning_curves_liveplan_snapshot_id_fce10e32 ON learning_curves_learningcurveschedule USING btree (snapshot_id);
--
CREATE INDEX learning_curves_replay_created_by_id_efc477cd ON learning_curves_activelearningsimulation USING btree (created_by_id);
--
CREATE INDEX learning_curves_replay_project_id_ac7dcd7a ON learning_curves_activelearningsimulation USING btree (project_id);
--
CREATE INDEX learning_curves_replay_snapshot_id_eb9f6270 ON learning_curves_activelearningsimulation USING btree (snapshot_id);
--
CREATE INDEX learning_curves_study_created_by_id_2918b5cf ON learning_curves_learningcurve USING btree (created_by_id);
--
CREATE INDEX learning_curves_study_project_id_97b1fa68 ON learning_curves_learningcurve USING btree (project_id);
--
CREATE INDEX learning_curves_study_snapshot_id_3a82d8d5 ON learning_curves_learningcurve USING btree (snapshot_id);
--
CREATE INDEX learning_curves_study_ways_id_a9ef9969 ON learning_curves_learningcurve USING btree (ablation_id);
--
CREATE INDEX learning_curves_ways_created_by_id_78dd0438 ON learning_curves_ablation USING btree (created_by_id);
--
CREATE INDEX learning_curves_ways_project_id_2dae98e9 ON learning_curves_ablation USING btree (project_id);
--
CREATE INDEX learning_curves_ways_snapshot_id_5d02ee38 ON learning_curves_ablation USING btree (snapshot_id);
--
CREATE UNIQUE INDEX live_deployment_name_once ON deployments_deployment USING btree (organization_id, name) WHERE (deleted_at IS NULL);
--
CREATE INDEX meshes_collection_created_by_id_a95fbd63 ON meshes_meshcollection USING btree (created_by_id);
--
CREATE INDEX meshes_collection_job_id_71dcda81 ON meshes_meshcollection USING btree (job_id);
--
CREATE INDEX meshes_collection_organization_id_38a7441f ON meshes_meshcollection USING btree (organization_id);
--
CREATE INDEX meshes_made_collection_id_cae215f0 ON meshes_meshresult USING btree (collection_id);
--
CREATE INDEX meshes_made_created_by_id_0789f2e7 ON meshes_meshresult USING btree (created_by_id);
--
CREATE INDEX meshes_thing_collection_id_589841bd ON meshes_mesh3d USING btree (collection_id);
--
CREATE INDEX mfa_authenticator_user_id_0c3a50c0 ON mfa_authenticator USING btree (user_id);
--
CREATE UNIQUE INDEX model_version_once ON model_versions_modelversion USING btree (project_id, name, version) WHERE (NOT ((state)::text = 'deleted'::text));
--
CREATE INDEX model_versions_aliasmove_before_id_795ab962 ON model_versions_aliaschange USING btree (previous_version_id);
--
CREATE INDEX model_versions_aliasmove_moved_by_id_28e5288b ON model_versions_aliaschange USING btree (changed_by_id);
--
CREATE INDEX model_versions_aliasmove_project_id_fd8e7e85 ON model_versions_aliaschange USING btree (project_id);
--
CREATE INDEX model_versions_aliasmove_verdict_id_d36727e6 ON model_versions_aliaschange USING btree (contract_evaluation_id);
--
CREATE INDEX model_versions_aliasmove_version_id_68f4de66 ON model_versions_aliaschange USING btree (version_id);
--
CREATE INDEX model_versions_browserexport_version_id_b7005152 ON model_versions_browserexport USING btree (version_id);
--
CREATE INDEX model_versions_evaluation_created_by_id_4220cfd2 ON model_versions_evaluation USING btree (created_by_id);
--
CREATE INDEX model_versions_evaluation_snapshot_id_3fb64e97 ON model_versions_evaluation USING btree (snapshot_id);
--
CREATE INDEX model_versions_evaluation_version_id_670eafce ON model_versions_evaluation USING btree (version_id);
--
CREATE INDEX model_versions_modelfile_version_id_31ad7225 ON model_versions_modelfile USING btree (version_id);
--
CREATE INDEX model_versions_modelversion_created_by_id_d1f4fa37 ON model_versions_modelversion USING btree (created_by_id);
--
CREATE INDEX model_versions_modelversion_project_id_1e501ce6 ON model_versions_modelversion USING btree (project_id);
--
CREATE INDEX model_versions_modelversion_snapshot_id_ddcc638d ON model_versions_modelversion USING btree (snapshot_id);
--
CREATE INDEX model_versions_registeredmodel_project_id_0762db2f ON model_versions_registeredmodel USING btree (project_id);
--
CREATE INDEX notification_newest ON notifications_notification USING btree (recipient_id, id DESC);
--
CREATE INDEX notification_unread ON notifications_notification USING btree (recipient_id) WHERE (read_at IS NULL);
--
CREATE INDEX notifications_email_notification_id_d242ad24 ON notifications_email USING btree (notification_id);
--
CREATE INDEX notifications_email_organization_id_b512cfb1 ON notifications_email USING btree (organization_id);
--
CREATE INDEX notifications_email_recipient_id_e42a1dce ON notifications_email USING btree (recipient_id);
--
CREATE INDEX notifications_notification_actor_id_ec6170c3 ON notifications_notification USING btree (actor_id);
--
CREATE INDEX notifications_notification_organization_id_696639cb ON notifications_notification USING btree (organization_id);
--
CREATE INDEX notifications_notification_recipient_id_d055f3f0 ON notifications_notification USING btree (recipient_id);
--
CREATE INDEX notifications_notificationchoice_user_id_804f593f ON notifications_notificationchoice USING btree (user_id);
--
CREATE UNIQUE INDEX one_invitation_to_an_address ON identity_membership USING btree (organization_id, lower((invited_email)::text)) WHERE (NOT ((invited_email)::text = ''::text));
--
CREATE UNIQUE INDEX one_reading_a_day ON audit_dataaccess USING btree (item_id, user_id, day) WHERE (item_id IS NOT NULL);
--
CREATE INDEX projects_defaultview_view_id_dcec9627 ON projects_defaultview USING btree (view_id);
--
CREATE INDEX projects_guideline_created_by_id_c727b560 ON projects_guideline USING btree (created_by_id);
--
CREATE INDEX projects_guideline_project_id_eb9e8f77 ON projects_guideline USING btree (project_id);
--
CREATE INDEX projects_guidelinepicture_created_by_id_121769db ON projects_guidelinepicture USING btree (created_by_id);
--
CREATE INDEX projects_guidelinepicture_project_id_106c3730 ON projects_guidelinepicture USING btree (project_id);
--
CREATE INDEX projects_labelschema_created_by_id_7dc54d3a ON projects_labelschema USING btree (created_by_id);
--
CREATE INDEX projects_labelschema_project_id_6c17a0f4 ON projects_labelschema USING btree (project_id);
--
CREATE INDEX projects_project_added_datasets_dataset_id_b3453e1a ON projects_project_added_datasets USING btree (dataset_id);
--
CREATE INDEX projects_project_added_datasets_project_id_b73e0a8d ON projects_project_added_datasets USING btree (project_id);
--
CREATE INDEX projects_project_created_by_id_c49d7b6d ON projects_project USING btree (created_by_id);
--
CREATE INDEX projects_project_dataset_id_315f259a ON projects_project USING btree (dataset_id);
--
CREATE INDEX projects_project_organization_id_c93e5ca2 ON projects_project USING btree (organization_id);
--
CREATE INDEX projects_project_teams_project_id_561db52d ON projects_project_teams USING btree (project_id);
--
CREATE INDEX projects_project_teams_team_id_e51c074c ON projects_project_teams USING btree (team_id);
--
CREATE INDEX projects_savedview_owner_id_5b12f791 ON projects_savedview USING btree (owner_id);
--
CREATE INDEX projects_savedview_project_id_9a8693c7 ON projects_savedview USING btree (project_id);
--
CREATE INDEX projects_team_members_team_id_d03d9a5a ON projects_team_members USING btree (team_id);
--
CREATE INDEX projects_team_members_user_id_39593de6 ON projects_team_members USING btree (user_id);
--
CREATE INDEX projects_team_organization_id_99076df0 ON projects_team USING btree (organization_id);
--
CREATE INDEX quality_goldanswer_annotation_id_6e416c4d ON quality_goldresult USING btree (annotation_id);
--
CREATE INDEX quality_goldanswer_task_id_edbd499a ON quality_goldresult USING btree (task_id);
--
CREATE INDEX quality_goldanswer_user_id_441157d5 ON quality_goldresult USING btree (user_id);
--
CREATE INDEX quality_golditem_created_by_id_4664157f ON quality_goldtask USING btree (created_by_id);
--
CREATE INDEX quality_labeldoubt_annotation_id_2a2c09b9 ON quality_labelissue USING btree (annotation_id);
--
CREATE INDEX quality_labeldoubt_task_id_5351aca6 ON quality_labelissue USING btree (task_id);
--
CREATE INDEX quality_labeldoubt_twin_id_ef65db1a ON quality_labelissue USING btree (duplicate_task_id);
--
CREATE INDEX quality_review_annotation_id_a318692a ON quality_review USING btree (annotation_id);
--
CREATE INDEX quality_review_author_id_b6e0ce5d ON quality_review USING btree (author_id);
--
CREATE INDEX quality_review_fix_id_5e0e8a37 ON quality_review USING btree (correction_id);
--
CREATE INDEX quality_review_reviewer_id_07f381bf ON quality_review USING btree (reviewer_id);
--
CREATE INDEX quality_review_task_id_008b9832 ON quality_review USING btree (task_id);
--
CREATE INDEX quality_reviewtally_author_id_f5a5aa1d ON quality_reviewtally USING btree (author_id);
--
CREATE INDEX quotas_organizationquota_organization_id_0ed70a3b ON quotas_organizationquota USING btree (organization_id);
--
CREATE INDEX quotas_storedfile_key_d75ed5ff_like ON quotas_storedfile USING btree (key varchar_pattern_ops);
--
CREATE INDEX quotas_storedfile_organization_id_69b3f14d ON quotas_storedfile USING btree (organization_id);
--
CREATE INDEX reviews_of_project ON quality_review USING btree (project_id, id DESC);
--
CREATE INDEX saved_view_of_list ON projects_savedview USING btree (organization_id, list_key, project_id, name);
--
CREATE INDEX segmentation_models_assistant_created_by_id_1286085c ON segmentation_models_segmentationmodel USING btree (created_by_id);
--
CREATE INDEX segmentation_models_assistant_organization_id_3100d19f ON segmentation_models_segmentationmodel USING btree (organization_id);
--
CREATE INDEX snapshots_snapshot_created_by_id_7afa60d9 ON snapshots_snapshot USING btree (created_by_id);
--
CREATE INDEX snapshots_snapshot_job_id_1240430d ON snapshots_snapshot USING btree (job_id);
--
CREATE INDEX snapshots_snapshot_project_id_90fe57ed ON snapshots_snapshot USING btree (project_id);
--
CREATE INDEX snapshots_snapshotentry_annotation_id_1d85fa82 ON snapshots_snapshotentry USING btree (annotation_id);
--
CREATE INDEX snapshots_snapshotentry_item_id_a36221b8 ON snapshots_snapshotentry USING btree (item_id);
--
CREATE INDEX snapshots_snapshotentry_snapshot_id_ba87d686 ON snapshots_snapshotentry USING btree (snapshot_id);
--
CREATE INDEX snapshots_splitside_item_id_b9ceaa07 ON snapshots_splitassignment USING btree (item_id);
--
CREATE INDEX snapshots_splitside_project_id_adeb035e ON snapshots_splitassignment USING btree (project_id);
--
CREATE INDEX socialaccount_socialaccount_user_id_8146e70c ON socialaccount_socialaccount USING btree (user_id);
--
CREATE INDEX socialaccount_socialtoken_account_id_951f210e ON socialaccount_socialtoken USING btree (account_id);
--
CREATE INDEX socialaccount_socialtoken_app_id_636a42d7 ON socialaccount_socialtoken USING btree (app_id);
--
CREATE INDEX sweeps_search_created_by_id_d2933dea ON sweeps_sweep USING btree (created_by_id);
--
CREATE INDEX sweeps_search_project_id_5a6e59a6 ON sweeps_sweep USING btree (project_id);
--
CREATE INDEX sweeps_search_snapshot_id_7d332fc6 ON sweeps_sweep USING btree (snapshot_id);
--
CREATE INDEX sweeps_trial_search_id_ff77bdf3 ON sweeps_trial USING btree (sweep_id);
--
CREATE INDEX task_agreement ON labeling_task USING btree (project_id, agreement, id) WHERE (agreement IS NOT NULL);
--
CREATE INDEX task_list ON labeling_task USING btree (project_id, state, id DESC);
--
CREATE INDEX task_queue_all ON labeling_task USING btree (project_id, "position", shuffle, id) WHERE ((available_slots > 0) AND ((state)::text = 'open'::text) AND (assignee_id IS NULL) AND (team_id IS NULL));
--
CREATE INDEX task_queue_person ON labeling_task USING btree (assignee_id, project_id, "position", shuffle, id) WHERE ((available_slots > 0) AND ((state)::text = 'open'::text) AND (assignee_id IS NOT NULL));
--
CREATE INDEX task_queue_review ON labeling_task USING btree (project_id, "position", shuffle, id) WHERE ((state)::text = 'review'::text);
--
CREATE INDEX task_queue_team ON labeling_task USING btree (team_id, project_id, "position", shuffle, id) WHERE ((available_slots > 0) AND ((state)::text = 'open'::text) AND (team_id IS NOT NULL));
--
CREATE INDEX training_trainingrun_created_by_id_7f44b41b ON training_trainingrun USING btree (created_by_id);
--
CREATE INDEX training_trainingrun_project_id_d7767e3e ON training_trainingrun USING btree (project_id);
--
CREATE INDEX training_trainingrun_snapshot_id_7dd6dde2 ON training_trainingrun USING btree (snapshot_id);
--
CREATE UNIQUE INDEX unique_authenticator_type ON mfa_authenticator USING btree (user_id, type) WHERE ((type)::text = ANY ((ARRAY['totp'::character varying, 'recovery_codes'::character varying])::text[]));
--
CREATE UNIQUE INDEX unique_primary_email ON account_emailaddress USING btree (user_id, "primary") WHERE "primary";
--
CREATE UNIQUE INDEX unique_verified_email ON account_emailaddress USING btree (email) WHERE verified;
--
CREATE UNIQUE INDEX user_email_any_case ON identity_user USING btree (lower((email)::text));
--
CREATE INDEX version_artifact_paths ON model_versions_modelversion USING gin (artifact_paths);
--
CREATE INDEX version_list ON model_versions_modelversion USING btree (project_id, id DESC);
--
CREATE INDEX webhooks_delivery_project_id_efcbbc01 ON webhooks_delivery USING btree (project_id);
--
CREATE INDEX webhooks_delivery_webhook_id_27345d75 ON webhooks_delivery USING btree (webhook_id);
--
CREATE INDEX webhooks_webhook_created_by_id_c1e90fbe ON webhooks_webhook USING btree (created_by_id);
--
CREATE INDEX webhooks_webhook_organization_id_3f763687 ON webhooks_webhook USING btree (organization_id);
--
CREATE TRIGGER accesses_counted AFTER INSERT ON audit_dataaccess REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION audit_count_accesses();
--
CREATE TRIGGER annotation_append_only BEFORE UPDATE ON labeling_annotation FOR EACH ROW EXECUTE FUNCTION labeling_annotation_append_only();
--
CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE ON audit_auditevent FOR EACH ROW EXECUTE FUNCTION audit_append_only();
--
CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE ON audit_auditseal FOR EACH ROW EXECUTE FUNCTION audit_append_only();
--
CREATE TRIGGER event_waits AFTER INSERT ON audit_auditevent REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION audit_event_waits();
--
CREATE TRIGGER item_counted AFTER INSERT ON datalake_item REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION datalake_count_fresh();
--
CREATE TRIGGER item_uncounted AFTER DELETE ON datalake_item REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION datalake_count_gone();
--
CREATE TRIGGER review_counted AFTER INSERT ON quality_review REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION quality_count_reviews();
--
CREATE TRIGGER review_uncounted AFTER DELETE ON quality_review REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION quality_uncount_reviews();
--
ALTER TABLE ONLY account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_2c513194_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY account_emailconfirmation
    ADD CONSTRAINT account_emailconfirm_email_address_id_5b7f8c58_fk_account_e FOREIGN KEY (email_address_id) REFERENCES account_emailaddress(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY audit_auditevent
    ADD CONSTRAINT audit_auditevent_organization_id_4b1fe3b9_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY audit_auditevent
    ADD CONSTRAINT audit_auditevent_user_id_871f21a9_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY audit_auditpending
    ADD CONSTRAINT audit_auditpending_event_id_be689cab_fk_audit_auditevent_id FOREIGN KEY (event_id) REFERENCES audit_auditevent(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY audit_auditseal
    ADD CONSTRAINT audit_auditseal_event_id_691a5959_fk_audit_auditevent_id FOREIGN KEY (event_id) REFERENCES audit_auditevent(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY audit_auditseal
    ADD CONSTRAINT audit_auditseal_organization_id_868ff832_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY audit_dailydataaccess
    ADD CONSTRAINT audit_seenday_organization_id_7b618b45_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY audit_dailydataaccess
    ADD CONSTRAINT audit_seenday_user_id_68dfb9e9_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY audit_dataaccess
    ADD CONSTRAINT audit_viewing_organization_id_1f7213e6_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY audit_dataaccess
    ADD CONSTRAINT audit_viewing_user_id_6b556c2d_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY contracts_contract
    ADD CONSTRAINT contracts_contract_created_by_id_1552fda4_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY contracts_contract
    ADD CONSTRAINT contracts_contract_project_id_42d97541_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY contracts_contractevaluation
    ADD CONSTRAINT contracts_look_contract_id_1a173cdf_fk_contracts_contract_id FOREIGN KEY (contract_id) REFERENCES contracts_contract(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY contracts_contractevaluation
    ADD CONSTRAINT contracts_look_created_by_id_da581d5f_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY contracts_contractevaluation
    ADD CONSTRAINT contracts_look_job_id_ccfb98b5_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES jobs_job(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY contracts_contractevaluation
    ADD CONSTRAINT contracts_look_model_version_id_5f518bf5_fk_model_ver FOREIGN KEY (model_version_id) REFERENCES model_versions_modelversion(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY contracts_contractevaluation
    ADD CONSTRAINT contracts_look_snapshot_id_018d8fa6_fk_snapshots_snapshot_id FOREIGN KEY (snapshot_id) REFERENCES snapshots_snapshot(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY contracts_signature
    ADD CONSTRAINT contracts_signature_contract_id_da3e9a54_fk_contracts FOREIGN KEY (contract_id) REFERENCES contracts_contract(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY contracts_signature
    ADD CONSTRAINT contracts_signature_user_id_6c9d1a8a_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY contracts_signer
    ADD CONSTRAINT contracts_signer_contract_id_9a167582_fk_contracts_contract_id FOREIGN KEY (contract_id) REFERENCES contracts_contract(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY contracts_signer
    ADD CONSTRAINT contracts_signer_user_id_7e0c2623_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY datalake_asset
    ADD CONSTRAINT datalake_asset_organization_id_50ae9fb1_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY datalake_dataset
    ADD CONSTRAINT datalake_dataset_organization_id_48759785_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY datalake_erasure
    ADD CONSTRAINT datalake_erasure_created_by_id_8f10d2f0_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY datalake_erasure
    ADD CONSTRAINT datalake_erasure_dataset_id_861138d6_fk_datalake_dataset_id FOREIGN KEY (dataset_id) REFERENCES datalake_dataset(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY datalake_erasure
    ADD CONSTRAINT datalake_erasure_job_id_eff3ae13_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES jobs_job(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY datalake_erasure
    ADD CONSTRAINT datalake_erasure_organization_id_14c845f1_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY datalake_ingestbatch
    ADD CONSTRAINT datalake_ingestbatch_created_by_id_b3c3c73a_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY datalake_ingestbatch
    ADD CONSTRAINT datalake_ingestbatch_dataset_id_a088f761_fk_datalake_dataset_id FOREIGN KEY (dataset_id) REFERENCES datalake_dataset(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY datalake_ingestbatch
    ADD CONSTRAINT datalake_ingestbatch_job_id_4e4dc5b1_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES jobs_job(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY datalake_ingestfinding
    ADD CONSTRAINT datalake_ingestfindi_batch_id_addff434_fk_datalake_ FOREIGN KEY (batch_id) REFERENCES datalake_ingestbatch(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY datalake_item
    ADD CONSTRAINT datalake_item_asset_id_9093b6d3_fk_datalake_asset_id FOREIGN KEY (asset_id) REFERENCES datalake_asset(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY datalake_item
    ADD CONSTRAINT datalake_item_dataset_id_d6bdc3b2_fk_datalake_dataset_id FOREIGN KEY (dataset_id) REFERENCES datalake_dataset(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY datalake_multipartfile
    ADD CONSTRAINT datalake_partedfile_batch_id_f4be7911_fk_datalake_ FOREIGN KEY (batch_id) REFERENCES datalake_ingestbatch(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY datalake_stagedfile
    ADD CONSTRAINT datalake_stagedfile_batch_id_31d6b032_fk_datalake_ FOREIGN KEY (batch_id) REFERENCES datalake_ingestbatch(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY datalake_storagesource
    ADD CONSTRAINT datalake_storagesour_organization_id_614d9e2f_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY demand_servicearea
    ADD CONSTRAINT demand_area_created_by_id_e9974215_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY demand_servicearea
    ADD CONSTRAINT demand_area_organization_id_eb2f0afc_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY demand_eventfile
    ADD CONSTRAINT demand_eventfile_area_id_770a118f_fk_demand_servicearea_id FOREIGN KEY (area_id) REFERENCES demand_servicearea(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY demand_demandreport
    ADD CONSTRAINT demand_report_area_id_c86acd9b_fk_demand_servicearea_id FOREIGN KEY (area_id) REFERENCES demand_servicearea(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY demand_demandreport
    ADD CONSTRAINT demand_report_job_id_6bbaedea_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES jobs_job(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY demand_timebinforecast
    ADD CONSTRAINT demand_slotforecast_area_id_861a7fbd_fk_demand_servicearea_id FOREIGN KEY (area_id) REFERENCES demand_servicearea(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY demand_weatherfile
    ADD CONSTRAINT demand_weatherfile_area_id_4e29c523_fk_demand_servicearea_id FOREIGN KEY (area_id) REFERENCES demand_servicearea(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY deployments_batchprediction
    ADD CONSTRAINT deployments_batch_created_by_id_de8dea3a_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY deployments_batchprediction
    ADD CONSTRAINT deployments_batch_dataset_id_7ebef1b0_fk_datalake_dataset_id FOREIGN KEY (dataset_id) REFERENCES datalake_dataset(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY deployments_batchprediction
    ADD CONSTRAINT deployments_batch_job_id_57d9e88d_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES jobs_job(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY deployments_batchprediction
    ADD CONSTRAINT deployments_batch_project_id_68e4d506_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY deployments_batchprediction
    ADD CONSTRAINT deployments_batch_version_id_6649a47b_fk_model_ver FOREIGN KEY (version_id) REFERENCES model_versions_modelversion(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY deployments_deployment
    ADD CONSTRAINT deployments_deployme_created_by_id_1847e519_fk_identity_ FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY deployments_deployment
    ADD CONSTRAINT deployments_deployme_organization_id_c7e447d5_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY deployments_deployment
    ADD CONSTRAINT deployments_deployme_project_id_ec234d3a_fk_projects_ FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY deployments_deployment
    ADD CONSTRAINT deployments_deployme_shadow_version_id_1374a2c8_fk_model_ver FOREIGN KEY (shadow_version_id) REFERENCES model_versions_modelversion(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY deployments_deployment
    ADD CONSTRAINT deployments_deployme_version_id_eee527e6_fk_model_ver FOREIGN KEY (version_id) REFERENCES model_versions_modelversion(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY deployments_feedback
    ADD CONSTRAINT deployments_feedback_deployment_id_c005c3fb_fk_deploymen FOREIGN KEY (deployment_id) REFERENCES deployments_deployment(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY deployments_feedback
    ADD CONSTRAINT deployments_feedback_item_id_55f570e4_fk_datalake_item_id FOREIGN KEY (item_id) REFERENCES datalake_item(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY deployments_feedback
    ADD CONSTRAINT deployments_feedback_version_id_7de24823_fk_model_ver FOREIGN KEY (version_id) REFERENCES model_versions_modelversion(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY deployments_deploymentstatshourly
    ADD CONSTRAINT deployments_hour_deployment_id_0c28721d_fk_deploymen FOREIGN KEY (deployment_id) REFERENCES deployments_deployment(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY deployments_deploymentstatshourly
    ADD CONSTRAINT deployments_hour_version_id_595df92d_fk_model_ver FOREIGN KEY (version_id) REFERENCES model_versions_modelversion(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY deployments_replica
    ADD CONSTRAINT deployments_replica_deployment_id_d9fc6b29_fk_deploymen FOREIGN KEY (deployment_id) REFERENCES deployments_deployment(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY deployments_replica
    ADD CONSTRAINT deployments_replica_shadow_version_id_a7cb5986_fk_model_ver FOREIGN KEY (shadow_version_id) REFERENCES model_versions_modelversion(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY deployments_replica
    ADD CONSTRAINT deployments_replica_version_id_64b20d5a_fk_model_ver FOREIGN KEY (version_id) REFERENCES model_versions_modelversion(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY identity_apitoken
    ADD CONSTRAINT identity_apitoken_membership_id_8080c546_fk_identity_ FOREIGN KEY (membership_id) REFERENCES identity_membership(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY identity_apitoken
    ADD CONSTRAINT identity_apitoken_parent_id_a90dce40_fk_identity_apitoken_id FOREIGN KEY (parent_id) REFERENCES identity_apitoken(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY identity_apitoken
    ADD CONSTRAINT identity_apitoken_project_id_c4903d00_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY identity_membersession
    ADD CONSTRAINT identity_membersessi_organization_id_d210c99f_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY identity_membersession
    ADD CONSTRAINT identity_membersession_user_id_f0ac1c3c_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY identity_membership
    ADD CONSTRAINT identity_membership_organization_id_d79ac337_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY identity_membership
    ADD CONSTRAINT identity_membership_role_id_33a4d5e1_fk_identity_role_id FOREIGN KEY (role_id) REFERENCES identity_role(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY identity_membership
    ADD CONSTRAINT identity_membership_user_id_91967c9a_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY identity_role
    ADD CONSTRAINT identity_role_organization_id_259a95a6_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY identity_singlesignon
    ADD CONSTRAINT identity_singlesigno_default_role_id_893009d0_fk_identity_ FOREIGN KEY (default_role_id) REFERENCES identity_role(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY identity_singlesignon
    ADD CONSTRAINT identity_singlesigno_organization_id_6b951644_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY jobs_job
    ADD CONSTRAINT jobs_job_created_by_id_f3283268_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY jobs_job
    ADD CONSTRAINT jobs_job_organization_id_7d00dcbc_fk_identity_organization_id FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY jobs_job
    ADD CONSTRAINT jobs_job_project_id_93355715_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY jobs_joblog
    ADD CONSTRAINT jobs_joblog_job_id_ae8f8e96_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES jobs_job(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY jobs_joboutput
    ADD CONSTRAINT jobs_joboutput_job_id_b1799618_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES jobs_job(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY jobs_quota
    ADD CONSTRAINT jobs_quota_organization_id_df84cdf3_fk_identity_organization_id FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY jobs_route
    ADD CONSTRAINT jobs_route_organization_id_896a6bdb_fk_identity_organization_id FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_annotation
    ADD CONSTRAINT labeling_annotation_project_id_a017b813_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_annotation
    ADD CONSTRAINT labeling_annotation_supersedes_id_15c42fbb_fk_labeling_ FOREIGN KEY (supersedes_id) REFERENCES labeling_annotation(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_annotation
    ADD CONSTRAINT labeling_annotation_task_id_3cb3ec71_fk_labeling_task_id FOREIGN KEY (task_id) REFERENCES labeling_task(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_annotation
    ADD CONSTRAINT labeling_annotation_user_id_e1f78f00_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_comment
    ADD CONSTRAINT labeling_comment_resolved_by_id_483df5af_fk_identity_user_id FOREIGN KEY (resolved_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_comment
    ADD CONSTRAINT labeling_comment_task_id_f81ffe21_fk_labeling_task_id FOREIGN KEY (task_id) REFERENCES labeling_task(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_comment
    ADD CONSTRAINT labeling_comment_user_id_78fdd192_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_draft
    ADD CONSTRAINT labeling_draft_task_id_e58ec755_fk_labeling_task_id FOREIGN KEY (task_id) REFERENCES labeling_task(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_draft
    ADD CONSTRAINT labeling_draft_user_id_71a16439_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_expiredlease
    ADD CONSTRAINT labeling_expiredlease_task_id_3d356602_fk_labeling_task_id FOREIGN KEY (task_id) REFERENCES labeling_task(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_expiredlease
    ADD CONSTRAINT labeling_expiredlease_user_id_463e43be_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_lease
    ADD CONSTRAINT labeling_lease_task_id_128b5889_fk_labeling_task_id FOREIGN KEY (task_id) REFERENCES labeling_task(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_lease
    ADD CONSTRAINT labeling_lease_user_id_eb99ee09_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_preannotation
    ADD CONSTRAINT labeling_prelabel_task_id_1d73f724_fk_labeling_task_id FOREIGN KEY (task_id) REFERENCES labeling_task(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_projectmembership
    ADD CONSTRAINT labeling_seat_project_id_4e3a15c2_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_projectmembership
    ADD CONSTRAINT labeling_seat_user_id_7dee1462_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_skip
    ADD CONSTRAINT labeling_skip_task_id_3b4787ab_fk_labeling_task_id FOREIGN KEY (task_id) REFERENCES labeling_task(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_skip
    ADD CONSTRAINT labeling_skip_user_id_3bca4811_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_task
    ADD CONSTRAINT labeling_task_annotation_id_f00a91a1_fk_labeling_annotation_id FOREIGN KEY (annotation_id) REFERENCES labeling_annotation(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_task
    ADD CONSTRAINT labeling_task_assignee_id_b2fe9dc2_fk_identity_user_id FOREIGN KEY (assignee_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_task
    ADD CONSTRAINT labeling_task_item_id_987921b2_fk_datalake_item_id FOREIGN KEY (item_id) REFERENCES datalake_item(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_task
    ADD CONSTRAINT labeling_task_project_id_89b7302a_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_task
    ADD CONSTRAINT labeling_task_team_id_62fc65fe_fk_projects_team_id FOREIGN KEY (team_id) REFERENCES projects_team(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_workday
    ADD CONSTRAINT labeling_workday_project_id_72c32532_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY labeling_workday
    ADD CONSTRAINT labeling_workday_user_id_6c557fe4_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_curvepoint
    ADD CONSTRAINT learning_curves_curv_learning_curve_id_f2b080c3_fk_learning_ FOREIGN KEY (learning_curve_id) REFERENCES learning_curves_learningcurve(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_projectcostmodel
    ADD CONSTRAINT learning_curves_econ_project_id_c2feb0d2_fk_projects_ FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_forecastbacktest
    ADD CONSTRAINT learning_curves_fore_stored_forecast_id_75a33375_fk_learning_ FOREIGN KEY (stored_forecast_id) REFERENCES learning_curves_storedforecast(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_learningcurve
    ADD CONSTRAINT learning_curves_lear_ablation_id_6958fc8d_fk_learning_ FOREIGN KEY (ablation_id) REFERENCES learning_curves_ablation(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_learningcurveschedule
    ADD CONSTRAINT learning_curves_live_created_by_id_96fd7ea2_fk_identity_ FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_learningcurveschedule
    ADD CONSTRAINT learning_curves_live_project_id_8ac52770_fk_projects_ FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_learningcurveschedule
    ADD CONSTRAINT learning_curves_live_snapshot_id_fce10e32_fk_snapshots FOREIGN KEY (snapshot_id) REFERENCES snapshots_snapshot(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_activelearningsimulation
    ADD CONSTRAINT learning_curves_repl_created_by_id_efc477cd_fk_identity_ FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_activelearningsimulation
    ADD CONSTRAINT learning_curves_repl_project_id_ac7dcd7a_fk_projects_ FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_activelearningsimulation
    ADD CONSTRAINT learning_curves_repl_snapshot_id_eb9f6270_fk_snapshots FOREIGN KEY (snapshot_id) REFERENCES snapshots_snapshot(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_activelearningsimulation
    ADD CONSTRAINT learning_curves_replay_job_id_9aa92762_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES jobs_job(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_storedforecast
    ADD CONSTRAINT learning_curves_stor_learning_curve_id_1f7dc317_fk_learning_ FOREIGN KEY (learning_curve_id) REFERENCES learning_curves_learningcurve(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_learningcurve
    ADD CONSTRAINT learning_curves_stud_created_by_id_2918b5cf_fk_identity_ FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_learningcurve
    ADD CONSTRAINT learning_curves_stud_project_id_97b1fa68_fk_projects_ FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_learningcurve
    ADD CONSTRAINT learning_curves_stud_snapshot_id_3a82d8d5_fk_snapshots FOREIGN KEY (snapshot_id) REFERENCES snapshots_snapshot(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_learningcurve
    ADD CONSTRAINT learning_curves_study_job_id_8e1a73e4_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES jobs_job(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_ablation
    ADD CONSTRAINT learning_curves_ways_created_by_id_78dd0438_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_ablation
    ADD CONSTRAINT learning_curves_ways_project_id_2dae98e9_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY learning_curves_ablation
    ADD CONSTRAINT learning_curves_ways_snapshot_id_5d02ee38_fk_snapshots FOREIGN KEY (snapshot_id) REFERENCES snapshots_snapshot(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY meshes_meshcollection
    ADD CONSTRAINT meshes_collection_created_by_id_a95fbd63_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY meshes_meshcollection
    ADD CONSTRAINT meshes_collection_job_id_71dcda81_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES jobs_job(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY meshes_meshcollection
    ADD CONSTRAINT meshes_collection_organization_id_38a7441f_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY meshes_meshresult
    ADD CONSTRAINT meshes_made_collection_id_cae215f0_fk_meshes_meshcollection_id FOREIGN KEY (collection_id) REFERENCES meshes_meshcollection(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY meshes_meshresult
    ADD CONSTRAINT meshes_made_created_by_id_0789f2e7_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY meshes_meshresult
    ADD CONSTRAINT meshes_made_job_id_9e663f28_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES jobs_job(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY meshes_mesh3d
    ADD CONSTRAINT meshes_thing_collection_id_589841bd_fk_meshes_meshcollection_id FOREIGN KEY (collection_id) REFERENCES meshes_meshcollection(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_user_id_0c3a50c0_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY model_versions_aliaschange
    ADD CONSTRAINT model_versions_alias_changed_by_id_f82feb2e_fk_identity_ FOREIGN KEY (changed_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY model_versions_aliaschange
    ADD CONSTRAINT model_versions_alias_previous_version_id_aaa6e59d_fk_model_ver FOREIGN KEY (previous_version_id) REFERENCES model_versions_modelversion(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY model_versions_aliaschange
    ADD CONSTRAINT model_versions_alias_project_id_fd8e7e85_fk_projects_ FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY model_versions_aliaschange
    ADD CONSTRAINT model_versions_alias_verdict_id_d36727e6_fk_contracts FOREIGN KEY (contract_evaluation_id) REFERENCES contracts_contractevaluation(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY model_versions_aliaschange
    ADD CONSTRAINT model_versions_alias_version_id_68f4de66_fk_model_ver FOREIGN KEY (version_id) REFERENCES model_versions_modelversion(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY model_versions_browserexport
    ADD CONSTRAINT model_versions_brows_version_id_b7005152_fk_model_ver FOREIGN KEY (version_id) REFERENCES model_versions_modelversion(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY model_versions_evaluation
    ADD CONSTRAINT model_versions_evalu_created_by_id_4220cfd2_fk_identity_ FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY model_versions_evaluation
    ADD CONSTRAINT model_versions_evalu_snapshot_id_3fb64e97_fk_snapshots FOREIGN KEY (snapshot_id) REFERENCES snapshots_snapshot(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY model_versions_evaluation
    ADD CONSTRAINT model_versions_evalu_version_id_670eafce_fk_model_ver FOREIGN KEY (version_id) REFERENCES model_versions_modelversion(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY model_versions_modelversion
    ADD CONSTRAINT model_versions_model_created_by_id_d1f4fa37_fk_identity_ FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY model_versions_modelversion
    ADD CONSTRAINT model_versions_model_project_id_1e501ce6_fk_projects_ FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY model_versions_modelpolicy
    ADD CONSTRAINT model_versions_model_project_id_55c18428_fk_projects_ FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY model_versions_modelversion
    ADD CONSTRAINT model_versions_model_snapshot_id_ddcc638d_fk_snapshots FOREIGN KEY (snapshot_id) REFERENCES snapshots_snapshot(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY model_versions_modelfile
    ADD CONSTRAINT model_versions_model_version_id_31ad7225_fk_model_ver FOREIGN KEY (version_id) REFERENCES model_versions_modelversion(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY model_versions_registeredmodel
    ADD CONSTRAINT model_versions_regis_project_id_0762db2f_fk_projects_ FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY notifications_email
    ADD CONSTRAINT notifications_email_notification_id_d242ad24_fk_notificat FOREIGN KEY (notification_id) REFERENCES notifications_notification(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY notifications_email
    ADD CONSTRAINT notifications_email_organization_id_b512cfb1_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY notifications_email
    ADD CONSTRAINT notifications_email_recipient_id_e42a1dce_fk_identity_user_id FOREIGN KEY (recipient_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY notifications_notification
    ADD CONSTRAINT notifications_notifi_actor_id_ec6170c3_fk_identity_ FOREIGN KEY (actor_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY notifications_notification
    ADD CONSTRAINT notifications_notifi_organization_id_696639cb_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY notifications_notification
    ADD CONSTRAINT notifications_notifi_recipient_id_d055f3f0_fk_identity_ FOREIGN KEY (recipient_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY notifications_notificationchoice
    ADD CONSTRAINT notifications_notifi_user_id_804f593f_fk_identity_ FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_defaultview
    ADD CONSTRAINT projects_defaultview_user_id_9d2bc873_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_defaultview
    ADD CONSTRAINT projects_defaultview_view_id_dcec9627_fk_projects_savedview_id FOREIGN KEY (view_id) REFERENCES projects_savedview(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_guideline
    ADD CONSTRAINT projects_guideline_created_by_id_c727b560_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_guideline
    ADD CONSTRAINT projects_guideline_project_id_eb9e8f77_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_guidelinepicture
    ADD CONSTRAINT projects_guidelinepi_created_by_id_121769db_fk_identity_ FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_guidelinepicture
    ADD CONSTRAINT projects_guidelinepi_project_id_106c3730_fk_projects_ FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_labelschema
    ADD CONSTRAINT projects_labelschema_created_by_id_7dc54d3a_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_labelschema
    ADD CONSTRAINT projects_labelschema_project_id_6c17a0f4_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_project_added_datasets
    ADD CONSTRAINT projects_project_add_dataset_id_b3453e1a_fk_datalake_ FOREIGN KEY (dataset_id) REFERENCES datalake_dataset(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_project_added_datasets
    ADD CONSTRAINT projects_project_add_project_id_b73e0a8d_fk_projects_ FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_project
    ADD CONSTRAINT projects_project_created_by_id_c49d7b6d_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_project
    ADD CONSTRAINT projects_project_dataset_id_315f259a_fk_datalake_dataset_id FOREIGN KEY (dataset_id) REFERENCES datalake_dataset(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_project
    ADD CONSTRAINT projects_project_organization_id_c93e5ca2_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_project_teams
    ADD CONSTRAINT projects_project_tea_project_id_561db52d_fk_projects_ FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_project_teams
    ADD CONSTRAINT projects_project_teams_team_id_e51c074c_fk_projects_team_id FOREIGN KEY (team_id) REFERENCES projects_team(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_savedview
    ADD CONSTRAINT projects_savedview_organization_id_7add52b8_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_savedview
    ADD CONSTRAINT projects_savedview_owner_id_5b12f791_fk_identity_user_id FOREIGN KEY (owner_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_savedview
    ADD CONSTRAINT projects_savedview_project_id_9a8693c7_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_team_members
    ADD CONSTRAINT projects_team_members_team_id_d03d9a5a_fk_projects_team_id FOREIGN KEY (team_id) REFERENCES projects_team(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_team_members
    ADD CONSTRAINT projects_team_members_user_id_39593de6_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY projects_team
    ADD CONSTRAINT projects_team_organization_id_99076df0_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quality_goldresult
    ADD CONSTRAINT quality_goldanswer_annotation_id_6e416c4d_fk_labeling_ FOREIGN KEY (annotation_id) REFERENCES labeling_annotation(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quality_goldresult
    ADD CONSTRAINT quality_goldanswer_project_id_4029fc27_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quality_goldresult
    ADD CONSTRAINT quality_goldanswer_task_id_edbd499a_fk_labeling_task_id FOREIGN KEY (task_id) REFERENCES labeling_task(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quality_goldresult
    ADD CONSTRAINT quality_goldanswer_user_id_441157d5_fk_identity_user_id FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quality_goldtask
    ADD CONSTRAINT quality_golditem_created_by_id_4664157f_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quality_goldtask
    ADD CONSTRAINT quality_golditem_task_id_c135cf5f_fk_labeling_task_id FOREIGN KEY (task_id) REFERENCES labeling_task(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quality_labelissue
    ADD CONSTRAINT quality_labeldoubt_annotation_id_2a2c09b9_fk_labeling_ FOREIGN KEY (annotation_id) REFERENCES labeling_annotation(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quality_labelissue
    ADD CONSTRAINT quality_labeldoubt_task_id_5351aca6_fk_labeling_task_id FOREIGN KEY (task_id) REFERENCES labeling_task(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quality_labelissue
    ADD CONSTRAINT quality_labelissue_duplicate_task_id_beacadb9_fk_labeling_ FOREIGN KEY (duplicate_task_id) REFERENCES labeling_task(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quality_review
    ADD CONSTRAINT quality_review_annotation_id_a318692a_fk_labeling_annotation_id FOREIGN KEY (annotation_id) REFERENCES labeling_annotation(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quality_review
    ADD CONSTRAINT quality_review_author_id_b6e0ce5d_fk_identity_user_id FOREIGN KEY (author_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quality_review
    ADD CONSTRAINT quality_review_correction_id_8583640a_fk_labeling_annotation_id FOREIGN KEY (correction_id) REFERENCES labeling_annotation(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quality_review
    ADD CONSTRAINT quality_review_project_id_7899c6d3_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quality_review
    ADD CONSTRAINT quality_review_reviewer_id_07f381bf_fk_identity_user_id FOREIGN KEY (reviewer_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quality_review
    ADD CONSTRAINT quality_review_task_id_008b9832_fk_labeling_task_id FOREIGN KEY (task_id) REFERENCES labeling_task(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quality_reviewtally
    ADD CONSTRAINT quality_reviewtally_author_id_f5a5aa1d_fk_identity_user_id FOREIGN KEY (author_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quality_reviewtally
    ADD CONSTRAINT quality_reviewtally_project_id_f053ab24_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quotas_organizationquota
    ADD CONSTRAINT quotas_organizationq_organization_id_0ed70a3b_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quotas_storageusage
    ADD CONSTRAINT quotas_storageusage_organization_id_f1a515a8_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY quotas_storedfile
    ADD CONSTRAINT quotas_storedfile_organization_id_69b3f14d_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY segmentation_models_segmentationmodel
    ADD CONSTRAINT segmentation_models__created_by_id_1286085c_fk_identity_ FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY segmentation_models_segmentationmodel
    ADD CONSTRAINT segmentation_models__organization_id_3100d19f_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY snapshots_snapshot
    ADD CONSTRAINT snapshots_snapshot_created_by_id_7afa60d9_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY snapshots_snapshot
    ADD CONSTRAINT snapshots_snapshot_job_id_1240430d_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES jobs_job(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY snapshots_snapshot
    ADD CONSTRAINT snapshots_snapshot_project_id_90fe57ed_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY snapshots_snapshotentry
    ADD CONSTRAINT snapshots_snapshoten_annotation_id_1d85fa82_fk_labeling_ FOREIGN KEY (annotation_id) REFERENCES labeling_annotation(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY snapshots_snapshotentry
    ADD CONSTRAINT snapshots_snapshoten_snapshot_id_ba87d686_fk_snapshots FOREIGN KEY (snapshot_id) REFERENCES snapshots_snapshot(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY snapshots_snapshotentry
    ADD CONSTRAINT snapshots_snapshotentry_item_id_a36221b8_fk_datalake_item_id FOREIGN KEY (item_id) REFERENCES datalake_item(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY snapshots_splitassignment
    ADD CONSTRAINT snapshots_splitside_item_id_b9ceaa07_fk_datalake_item_id FOREIGN KEY (item_id) REFERENCES datalake_item(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY snapshots_splitassignment
    ADD CONSTRAINT snapshots_splitside_project_id_adeb035e_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_social_account_id_951f210e_fk_socialacc FOREIGN KEY (account_id) REFERENCES socialaccount_socialaccount(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY socialaccount_socialtoken
    ADD CONSTRAINT socialaccount_social_app_id_636a42d7_fk_socialacc FOREIGN KEY (app_id) REFERENCES socialaccount_socialapp(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY socialaccount_socialaccount
    ADD CONSTRAINT socialaccount_social_user_id_8146e70c_fk_identity_ FOREIGN KEY (user_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY sweeps_sweep
    ADD CONSTRAINT sweeps_search_created_by_id_d2933dea_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY sweeps_sweep
    ADD CONSTRAINT sweeps_search_project_id_5a6e59a6_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY sweeps_sweep
    ADD CONSTRAINT sweeps_search_snapshot_id_7d332fc6_fk_snapshots_snapshot_id FOREIGN KEY (snapshot_id) REFERENCES snapshots_snapshot(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY sweeps_trial
    ADD CONSTRAINT sweeps_trial_job_id_b417510f_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES jobs_job(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY sweeps_trial
    ADD CONSTRAINT sweeps_trial_sweep_id_3ded855f_fk_sweeps_sweep_id FOREIGN KEY (sweep_id) REFERENCES sweeps_sweep(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY training_trainingrun
    ADD CONSTRAINT training_trainingrun_created_by_id_7f44b41b_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY training_trainingrun
    ADD CONSTRAINT training_trainingrun_job_id_0468136b_fk_jobs_job_id FOREIGN KEY (job_id) REFERENCES jobs_job(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY training_trainingrun
    ADD CONSTRAINT training_trainingrun_project_id_d7767e3e_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY training_trainingrun
    ADD CONSTRAINT training_trainingrun_snapshot_id_7dd6dde2_fk_snapshots FOREIGN KEY (snapshot_id) REFERENCES snapshots_snapshot(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY webhooks_delivery
    ADD CONSTRAINT webhooks_delivery_project_id_efcbbc01_fk_projects_project_id FOREIGN KEY (project_id) REFERENCES projects_project(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY webhooks_delivery
    ADD CONSTRAINT webhooks_delivery_webhook_id_27345d75_fk_webhooks_webhook_id FOREIGN KEY (webhook_id) REFERENCES webhooks_webhook(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY webhooks_webhook
    ADD CONSTRAINT webhooks_webhook_created_by_id_c1e90fbe_fk_identity_user_id FOREIGN KEY (created_by_id) REFERENCES identity_user(id) DEFERRABLE INITIALLY DEFERRED;
--
ALTER TABLE ONLY webhooks_webhook
    ADD CONSTRAINT webhooks_webhook_organization_id_3f763687_fk_identity_ FOREIGN KEY (organization_id) REFERENCES identity_organization(id) DEFERRABLE INITIALLY DEFERRED;
