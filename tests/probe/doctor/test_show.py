"""The report of a doctor as text and as JSON."""

import json

from probe.doctor.examine import examine, overall
from probe.doctor.observation import TOPICS
from probe.doctor.show import document, lines
from tests.probe.doctor.healthy import HEALTHY, changed, way


def test_every_topic_and_every_observation_is_shown() -> None:
    observations = examine(HEALTHY)
    shown = [item.text for item in lines(HEALTHY, observations, overall(HEALTHY, observations), 300)]
    assert shown[0] == "OK  jump.contoso.lab, linux, realm CONTOSO.LAB"
    assert all(title in shown for title in TOPICS.values())
    assert all(any(item.says in text for text in shown) for item in observations)


def test_what_to_do_stands_below() -> None:
    facts = changed("kdcs", ways=(way(), way(transport="tcp", error="timed-out")))
    observations = examine(facts)
    text = "\n".join(item.text for item in lines(facts, observations, overall(facts, observations), 100))
    assert "Open 88/tcp" in text
    assert "exps explain kdc-tcp-blocked" in text
    assert text.startswith("FAILURE")


def test_width_and_hostile_names() -> None:
    facts = changed("names", reverse={"192.0.2.9": "evil\x1b[31m\u202e.contoso.lab"})
    observations = examine(facts)
    shown = lines(facts, observations, overall(facts, observations), 60)
    assert all("\x1b" not in item.text and "\u202e" not in item.text for item in shown)
    assert all(len(item.text) <= 60 for item in shown if not item.text.startswith("        "))


def test_json() -> None:
    observations = examine(HEALTHY)
    tool = {"name": "exps", "version": "0"}
    content = document(HEALTHY, observations, overall(HEALTHY, observations), tool=tool, duration_ms=1.5)
    read = json.loads(json.dumps(content, allow_nan=False))
    assert (read["schema"], read["status"]) == ("exps.doctor/1", "ok")
    assert read["started"] == "2027-01-15T08:00:00.000Z"  # date -u -d @1800000000
    assert {"topic", "code", "level", "says", "remedy", "cause"} == set(read["observations"][0])
    assert read["facts"]["kdcs"]["ways"][0]["clock"]["source"] == "kdc-stime"
