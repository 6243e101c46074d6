"""The gateway's own settings."""

from proxy.settings.fields import Endpoint
from proxy.settings.schema.gateway import FailMode, GatewaySettings


def test_without_a_word_a_gateway_without_policy_refuses_everything() -> None:
    assert GatewaySettings().fail_mode is FailMode.REFUSE


def test_texts_become_values() -> None:
    settings = GatewaySettings.model_validate(
        {"admin_listen": "[::1]:9000", "fail_mode": "essential", "essential_names": "Updates.Example."}
    )
    assert settings.admin_listen == Endpoint("::1", 9000)
    assert settings.essential_names == ("updates.example",)
