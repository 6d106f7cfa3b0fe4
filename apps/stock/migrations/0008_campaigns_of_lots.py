"""The campaigns that lots name become records: programme and name as the lots keep them."""

from django.db import migrations

CAMPAIGNS = """
INSERT INTO donors_campaign (id, created_at, updated_at, programme, name, starts_on)
SELECT gen_random_uuid(), now(), now(), lot.supply_source, lot.campaign, min(lot.received_on)
FROM stock_lot lot
WHERE lot.campaign <> '' AND lot.supply_source IN ('FSE_PLUS', 'CNES', 'PURCHASE_MMPT')
GROUP BY lot.supply_source, lot.campaign
ON CONFLICT (programme, name) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("stock", "0007_programmes_apart"), ("donors", "0005_campaign")]
    operations = [migrations.RunSQL([CAMPAIGNS], migrations.RunSQL.noop)]
