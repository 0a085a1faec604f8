"""The compose file and the Kubernetes sketch: of the right shape, and naming what there is.

No cluster is started here; what is checked is what `kubectl` and `docker compose` would refuse, and what
our own command line would.
"""

import os
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from watcher.cli import VERBS, root
from watcher.config.files import _MAIN_TABLES
from watcher.config.schema import MainFile

DEPLOY = Path(__file__).parents[2] / "deploy"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
KINDS = {
    "Deployment": "apps/v1",
    "StatefulSet": "apps/v1",
    "Service": "v1",
    "NetworkPolicy": "networking.k8s.io/v1",
}


def documents() -> list[dict[str, Any]]:
    return [found for path in MANIFESTS for found in yaml.safe_load_all(path.read_text("utf-8"))]


def workloads() -> list[dict[str, Any]]:
    return [found for found in documents() if "template" in found["spec"]]


def accepts(words: list[str]) -> None:
    """Our command line knows this verb and these options; raises UsageError."""
    with click.Context(root) as context:
        at = next(at for at, word in enumerate(words) if word in VERBS)
        root.make_context("watcher", [*words[:at], "--help"], resilient_parsing=True)
        command = root.get_command(context, words[at])
        assert command is not None
        command.make_context(words[at], words[at + 1 :], parent=context)


def is_a_key(variable: str) -> bool:
    table, _, key = variable.removeprefix("WATCHER_").lower().partition("__")
    if not key:
        table, key = "watcher", table
    return table in _MAIN_TABLES and key in type(getattr(MainFile(), table)).model_fields


def test_every_document_says_what_it_is() -> None:
    assert len(documents()) >= 6
    names = [(found["kind"], found["metadata"]["name"]) for found in documents()]
    assert len(set(names)) == len(names)
    for found in documents():
        assert found["apiVersion"] == KINDS[found["kind"]]
        assert found["metadata"]["labels"]["app"] == "watcher"


@pytest.mark.parametrize("found", workloads(), ids=lambda found: found["metadata"]["name"])
def test_a_workload_fits_together(found: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    spec, pod = found["spec"], found["spec"]["template"]["spec"]
    labels = found["spec"]["template"]["metadata"]["labels"]
    assert spec["selector"]["matchLabels"].items() <= labels.items()
    assert pod["securityContext"]["runAsNonRoot"] is True
    volumes = {volume["name"] for volume in pod["volumes"]}
    volumes |= {claim["metadata"]["name"] for claim in spec.get("volumeClaimTemplates", ())}
    for container in pod["containers"]:
        assert container["image"] == "watcher:0.1"
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert {"requests", "limits"} <= container["resources"].keys()
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
        for pair in container.get("env", ()):
            assert is_a_key(pair["name"]), pair["name"]
            if not pair["value"].startswith("/"):
                monkeypatch.setenv(pair["name"], pair["value"])
        if "command" not in container:
            accepts(container["args"])


def test_services_find_their_pods() -> None:
    pods = [found["spec"]["template"]["metadata"]["labels"] for found in workloads()]
    ports = {
        port["name"]
        for found in workloads()
        for container in found["spec"]["template"]["spec"]["containers"]
        for port in container.get("ports", ())
    }
    for found in documents():
        if found["kind"] == "Service":
            assert any(found["spec"]["selector"].items() <= labels.items() for labels in pods)
            assert {port.get("targetPort", "dask") for port in found["spec"]["ports"]} <= ports
    names = {found["metadata"]["name"] for found in documents() if found["kind"] == "Service"}
    assert {found["spec"]["serviceName"] for found in documents() if "serviceName" in found["spec"]} <= names


def test_the_compose_file_fits_together(monkeypatch: pytest.MonkeyPatch) -> None:
    found = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    services = found["services"]
    assert services.keys() == {"head", "scheduler", "worker"}
    for service in services.values():
        assert set(service.get("depends_on", ())) <= services.keys()
        assert set(service["networks"]) <= found["networks"].keys()
        assert set(service["secrets"]) <= found["secrets"].keys()
        assert service["read_only"] is True
        for name, value in service.get("environment", {}).items():
            assert is_a_key(name), name
            if value.startswith("tls"):
                monkeypatch.setenv(name, value)
            else:
                assert value == "dask" or value.startswith(("/run/secrets/", "/var/lib/watcher/"))
        named = [mount.split(":")[0] for mount in service.get("volumes", ())]
        assert {name for name in named if not name.startswith((".", "/"))} <= found["volumes"].keys()
        if "entrypoint" not in service:
            accepts(service["command"])
    assert (DEPLOY / found["services"]["head"]["build"]["context"]).is_dir()
    assert (DEPLOY.parent / found["services"]["head"]["build"]["dockerfile"]).is_file()
    assert os.environ["WATCHER_SCALE__SCHEDULER"].endswith("//scheduler:8786")


def test_the_scheduler_s_options_are_dask_s() -> None:
    from distributed.cli.dask_scheduler import main

    known = {name for parameter in main.params for name in parameter.opts}
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]["scheduler"]["command"]
    sketch = next(found for found in workloads() if found["metadata"]["name"] == "watcher-scheduler")
    args = sketch["spec"]["template"]["spec"]["containers"][0]["args"]
    assert {word.partition("=")[0] for word in [*compose, *args]} <= known
