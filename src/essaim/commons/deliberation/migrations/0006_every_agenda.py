"""Every agenda that a proposal was on: those known so far, never rewritten afterwards."""

import django.db.models.deletion
from django.db import migrations, models


KNOWN = """
INSERT INTO deliberation_scheduling (proposal_id, item_id)
SELECT id, item_id FROM deliberation_proposal WHERE item_id IS NOT NULL ORDER BY id;
"""
GUARD = """
CREATE TRIGGER deliberation_scheduling_is_append_only BEFORE UPDATE OR DELETE
    ON deliberation_scheduling
    FOR EACH ROW EXECUTE FUNCTION deliberation_is_append_only();
"""
NO_GUARD = "DROP TRIGGER deliberation_scheduling_is_append_only ON deliberation_scheduling;"


class Migration(migrations.Migration):

    dependencies = [
        ('assembly', '0007_arrivals_by_code'),
        ('deliberation', '0005_rounds'),
    ]

    operations = [
        migrations.CreateModel(
            name='Scheduling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='scheduling', to='assembly.agendaitem')),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='schedulings', to='deliberation.proposal')),
            ],
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
