"""deploy/rayservice.yaml against the schemas of Kubernetes, KubeRay and Ray Serve: a misspelt field is found.

Where $EMO_OSC_KUBERAY_CRD names KubeRay's `ray.io_rayservices.yaml`, the whole manifest is checked against it as well.
"""

import json
import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from emo_osc.core.errors import EmoOscError
from emo_osc.farm.arguments import Arguments, Farm
from tests.farm.published import closed, faults, kubernetes_faults, misspelt

ROOT = Path(__file__).parents[2]
KUBERNETES = ("1.30", "1.37")
SERVICE, POLICY = yaml.safe_load_all((ROOT / "deploy" / "rayservice.yaml").read_text(encoding="utf-8"))
CLUSTER = SERVICE["spec"]["rayClusterConfig"]
GROUPS = {group["groupName"]: group for group in CLUSTER["workerGroupSpecs"]}
SERVE: dict[str, Any] = yaml.safe_load(SERVICE["spec"]["serveConfigV2"])
(APP,) = SERVE["applications"]
PORT = next(field.default for field in fields(Farm) if field.name == "port")
TOKEN_FILE = Path(APP["args"]["token_file"])
OURS: dict[str, Any] = json.loads(Path(__file__).with_name("rayservice.schema.json").read_text(encoding="utf-8"))
FREE = {"labels", "annotations", "matchLabels", "requests", "limits", "rayStartParams"}  # below these anybody's names


def pods() -> list[dict[str, Any]]:
    return [CLUSTER["headGroupSpec"]["template"], *(group["template"] for group in GROUPS.values())]


def core_kinds() -> list[dict[str, Any]]:
    """What Kubernetes itself knows, also inside the RayService."""
    inner = {"apiVersion": "v1", "metadata": {"name": "inner"}}
    found = [POLICY, {**inner, "kind": "Service", "spec": SERVICE["spec"]["serveService"]["spec"]}]
    locked = {"containers": [{"name": "a", "securityContext": CLUSTER["autoscalerOptions"]["securityContext"]}]}
    templates = [*pods(), {"spec": locked}]
    return [*found, *({**inner, "kind": "PodTemplate", "template": template} for template in templates)]


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    """KubeRay's definition of a RayService, with fields that it does not know refused."""
    path = os.environ.get("EMO_OSC_KUBERAY_CRD")
    if not path:
        pytest.skip("$EMO_OSC_KUBERAY_CRD names no ray.io_rayservices.yaml of KubeRay")
    definition = yaml.load(Path(path).read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    (version,) = [each for each in definition["spec"]["versions"] if each["name"] == "v1"]
    schema: dict[str, Any] = closed(version["schema"]["openAPIV3Schema"])
    return schema


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("document", core_kinds(), ids=lambda document: document["kind"])
def test_core_kinds_are_what_kubernetes_describes(document: dict[str, Any], version: str) -> None:
    assert kubernetes_faults(document, version) == []


@pytest.mark.parametrize("document", core_kinds(), ids=lambda document: document["kind"])
def test_a_misspelt_field_of_kubernetes_is_found(document: dict[str, Any]) -> None:
    for place, wrong in misspelt(document, FREE):
        assert kubernetes_faults(wrong, KUBERNETES[-1]), f"{place} may be misspelt"


def test_a_misspelt_field_of_kuberay_is_found() -> None:
    inner = {"template", "serveService", "securityContext"}  # of Kubernetes: above
    assert faults(SERVICE, OURS) == []
    for place, wrong in misspelt(SERVICE, FREE):
        if not inner & set(place.split(".")[:-1]):
            assert faults(wrong, OURS), f"{place} may be misspelt"


def test_kuberay_describes_what_we_say(published: dict[str, Any]) -> None:
    assert faults(SERVICE, published) == []
    for place, wrong in misspelt(SERVICE, FREE | {"metadata"}):
        assert faults(wrong, published) or place in ("apiVersion", "kind", "metadata"), f"{place} may be misspelt"


def test_our_schema_says_nothing_that_kuberay_does_not(published: dict[str, Any]) -> None:
    def compare(mine: dict[str, Any], theirs: dict[str, Any], place: str) -> None:
        assert mine.get("type", theirs["type"]) == theirs["type"], place
        assert set(mine.get("required", ())) >= set(theirs.get("required", ())) or "properties" not in mine, place
        for name, inner in mine.get("properties", {}).items():
            if place != "metadata":
                compare(inner, theirs["properties"][name], name)
        if "items" in mine:
            compare(mine["items"], theirs["items"], f"{place}[]")

    compare(OURS, published, "RayService")


def test_ray_serve_knows_every_key_of_the_config() -> None:
    assert serve_faults(SERVE) == []
    for place, wrong in misspelt(SERVE, set()):
        assert serve_faults(wrong), f"{place} may be misspelt"


def serve_faults(config: dict[str, Any]) -> list[str]:
    """What is wrong by Ray's own schema, by our builder's, and keys that Ray would ignore."""
    serve = pytest.importorskip("ray.serve.schema", reason="needs the extra farm: pip install '.[farm]'")
    try:
        serve.ServeDeploySchema.model_validate(config)
        (app,) = config["applications"]
        Arguments.of(app.get("args", {}))
    except (ValidationError, EmoOscError) as error:
        return [str(error)]
    found = (config, serve.ServeDeploySchema), (config.get("http_options", {}), serve.HTTPOptionsSchema)
    pairs = *found, (app, serve.ServeApplicationSchema)
    return [f"{key}: unknown" for part, model in pairs for key in part.keys() - model.model_fields.keys()]


def test_the_image_has_the_ray_that_the_manifest_names() -> None:
    assert f"\nARG RAY={CLUSTER['rayVersion']}\n" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_all_pods_carry_the_token_where_the_builder_reads_it(tmp_path: Path) -> None:
    for pod in pods():
        (container,), (volume,) = pod["spec"]["containers"], pod["spec"]["volumes"]
        assert container["volumeMounts"] == [
            {"name": volume["name"], "mountPath": str(TOKEN_FILE.parent), "readOnly": True}
        ]
        assert volume["secret"]["secretName"] == SERVICE["metadata"]["name"]
    (tmp_path / TOKEN_FILE.name).write_text("secret")

    assert Arguments.of(APP["args"] | {"token_file": str(tmp_path / TOKEN_FILE.name)}).farm().token == "secret"


def test_one_port_serves_and_stages_reach_no_other() -> None:
    ports = [container["ports"] for pod in pods() for container in pod["spec"]["containers"]]
    mates, operator, stages = POLICY["spec"]["ingress"]

    assert SERVE["http_options"] == {"host": "0.0.0.0", "port": PORT}
    assert ports == [[{"name": "serve", "containerPort": PORT}]] * len(pods())
    assert SERVICE["spec"]["serveService"]["spec"]["ports"] == [{"name": "serve", "port": PORT, "targetPort": PORT}]
    assert stages["ports"] == [{"protocol": "TCP", "port": PORT}]
    assert [set(peer) for peer in stages["from"]] == [{"ipBlock"}] * 3
    assert {port["port"] for port in operator["ports"]} == {8265, PORT}
    assert mates == {"from": [{"podSelector": POLICY["spec"]["podSelector"]}]}
    assert all(pod["metadata"]["labels"] == POLICY["spec"]["podSelector"]["matchLabels"] for pod in pods())


def test_the_most_replicas_find_room() -> None:
    def cores(group: dict[str, Any]) -> float:
        (container,) = group["template"]["spec"]["containers"]
        return float(container["resources"]["limits"]["cpu"])

    given = Arguments.of(APP["args"])

    assert given.replicas[1] * given.cpus <= GROUPS["cpu"]["maxReplicas"] * cores(GROUPS["cpu"])
    assert given.replicas[0] * given.cpus <= GROUPS["cpu"]["minReplicas"] * cores(GROUPS["cpu"])
    assert CLUSTER["headGroupSpec"]["rayStartParams"] == {"num-cpus": "0"}
