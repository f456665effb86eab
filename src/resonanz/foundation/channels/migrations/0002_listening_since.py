import django.utils.timezone
from django.db import migrations, models


def since_connected(apps, _schema_editor):
    apps.get_model("channels", "Channel").objects.update(listening_since=models.F("connected_at"))


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial")]
    operations = [
        migrations.AddField(
            "channel", "listening_since", models.DateTimeField(default=django.utils.timezone.now)
        ),
        migrations.RunPython(since_connected, migrations.RunPython.noop),
    ]
