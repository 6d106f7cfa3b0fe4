"""Grams in transit: written by the ledgers alone, and equal to what the document says at every commit."""

from django.db import migrations

APPEND = """
CREATE FUNCTION public.transit_leg_append(bank uuid, transfer_line_id uuid, direction text, grams bigint)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO public.network_transitleg (bank_id, transfer_line_id, direction, grams)
    VALUES ($1, $2, $3, $4)
$$
"""
LOCK_APPEND = "REVOKE EXECUTE ON FUNCTION public.transit_leg_append FROM PUBLIC"

GUARD = """
CREATE FUNCTION public.transit_leg_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'INSERT' AND current_user = pg_get_userbyid(
        (SELECT relowner FROM pg_class WHERE oid = TG_RELID)
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'transit legs are appended by the ledgers and never change'
        USING ERRCODE = 'insufficient_privilege';
END $$
"""
GUARD_TRIGGER = """
CREATE TRIGGER transit_leg_guard BEFORE INSERT OR UPDATE OR DELETE ON public.network_transitleg
FOR EACH ROW EXECUTE FUNCTION public.transit_leg_guard()
"""

HOLDS = """
CREATE FUNCTION public.transit_line_holds() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    checked uuid;
    said record;
    done record;
BEGIN
    IF TG_TABLE_NAME = 'network_transitleg' THEN
        checked := NEW.transfer_line_id;
    ELSE
        checked := NEW.id;
    END IF;
    SELECT line.shipped_grams AS out_grams, line.received_grams + line.lost_grams AS in_grams,
           transfer.from_bank_id, transfer.to_bank_id
      INTO said
      FROM public.network_transferline AS line
      JOIN public.network_transfer AS transfer ON transfer.id = line.transfer_id
     WHERE line.id = checked;
    SELECT coalesce(sum(leg.grams) FILTER (WHERE leg.direction = 'out'), 0) AS out_grams,
           coalesce(sum(leg.grams) FILTER (WHERE leg.direction = 'in'), 0) AS in_grams,
           count(*) FILTER (WHERE leg.bank_id <> CASE leg.direction
               WHEN 'out' THEN said.from_bank_id ELSE said.to_bank_id END) AS strays
      INTO done
      FROM public.network_transitleg AS leg
     WHERE leg.transfer_line_id = checked;
    IF done.strays > 0 OR done.out_grams IS DISTINCT FROM said.out_grams
            OR done.in_grams IS DISTINCT FROM said.in_grams THEN
        RAISE EXCEPTION 'transfer line %: the ledgers moved % g out and % g in, the document says % and %',
            checked, done.out_grams, done.in_grams, said.out_grams, said.in_grams
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transit_line_holds';
    END IF;
    RETURN NULL;
END $$
"""
ON_LEG = """
CREATE CONSTRAINT TRIGGER transit_leg_holds AFTER INSERT ON public.network_transitleg
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.transit_line_holds()
"""
ON_LINE = """
CREATE CONSTRAINT TRIGGER transit_line_holds AFTER INSERT OR UPDATE ON public.network_transferline
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.transit_line_holds()
"""

SEQUENCES = """
CREATE SEQUENCE public.network_offer_number;
CREATE SEQUENCE public.network_transfer_number
"""


class Migration(migrations.Migration):
    dependencies = [("network", "0001_initial"), ("registry", "0002_current_bank")]
    operations = [
        migrations.RunSQL(
            [APPEND, LOCK_APPEND, GUARD, GUARD_TRIGGER, HOLDS, ON_LEG, ON_LINE],
            [
                "DROP TRIGGER transit_line_holds ON public.network_transferline",
                "DROP TRIGGER transit_leg_holds ON public.network_transitleg",
                "DROP FUNCTION public.transit_line_holds()",
                "DROP TRIGGER transit_leg_guard ON public.network_transitleg",
                "DROP FUNCTION public.transit_leg_guard()",
                "DROP FUNCTION public.transit_leg_append(uuid, uuid, text, bigint)",
            ],
        ),
        migrations.RunSQL(
            SEQUENCES, "DROP SEQUENCE public.network_offer_number, public.network_transfer_number"
        ),
    ]
