"""Closes the tables of acts for changes, and lets a release stand only on the decision that it names."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from enishi.platform.append_only import AppendOnly

FAULT = "a release names the officer and content of the decision it rests on"
STANDS = """SELECT 1 FROM benefits_municipaldecision AS d WHERE d.muni = NEW.muni
    AND d.publication = NEW.publication AND d.decided_by = NEW.decided_by AND d.content_hash =
    NEW.content_hash"""
POSTGRESQL = (
    f"""CREATE FUNCTION release_rests_on_decision() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS ({STANDS}) THEN RAISE EXCEPTION '{FAULT}' USING ERRCODE = '23514'; END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER release_rests_on_decision BEFORE INSERT ON benefits_release
    FOR EACH ROW EXECUTE FUNCTION release_rests_on_decision()""",
)
SQLITE = (
    f"""CREATE TRIGGER release_rests_on_decision BEFORE INSERT ON benefits_release
    WHEN NOT EXISTS ({STANDS}) BEGIN SELECT RAISE(ABORT, '{FAULT}'); END""",
)
NOT_ANY_MORE = {
    "postgresql": (
        "DROP TRIGGER release_rests_on_decision ON benefits_release",
        "DROP FUNCTION release_rests_on_decision()",
    ),
    "sqlite": ("DROP TRIGGER release_rests_on_decision",),
}


def bind(apps: Any, schema_editor: Any) -> None:
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def unbind(apps: Any, schema_editor: Any) -> None:
    for statement in NOT_ANY_MORE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("benefits", "0001_initial")]

    operations = [
        AppendOnly("benefits_publishedprogramme"),
        AppendOnly("benefits_adoption"),
        AppendOnly("benefits_publication"),
        AppendOnly("benefits_municipaldecision"),
        AppendOnly("benefits_release"),
        migrations.RunPython(bind, unbind),
    ]
