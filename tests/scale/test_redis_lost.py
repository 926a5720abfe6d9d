"""Redis holds nothing that anybody needs: while it is away, empty or late, messages go all the same, once and soon."""

from __future__ import annotations

from tests.scale.city import City
from tests.vendors import wait_for
from tests.walk import look

SOON = 10.0


def all_sent(city: City, sids: list[str]) -> bool:
    """Whether every one of these was sent."""
    return all(look(city.house, sid).state == "sent" for sid in sids)


def test_what_is_approved_while_redis_is_killed_goes_all_the_same(city: City) -> None:
    city.worker()
    city.worker()
    words = [f"Ring {n} is ready." for n in range(10)]
    city.approved(*words[:1])
    sids = [city.hand_in(body) for body in words[1:]]

    city.redis.kill()
    waited = [city.approve(sid) for sid in sids]
    wait_for(lambda: all_sent(city, sids), SOON)

    assert max(waited) < 3
    assert city.bodies() == words


def test_a_message_comes_in_while_redis_is_killed(city: City) -> None:
    city.redis.kill()

    sid = city.hand_in("Your ring is ready.")

    assert look(city.house, sid).state == "held"


def test_what_redis_forgot_goes_all_the_same(city: City) -> None:
    sids = city.approved("Your ring is ready.", "Your chain is ready.")
    with city.redis.client() as client:
        assert client.llen("rq:queue:sayso") > 0

    city.redis.flush()
    city.worker()

    wait_for(lambda: all_sent(city, sids), SOON)


def test_a_worker_that_started_before_redis_hears_it_later(city: City) -> None:
    city.redis.kill()
    worker = city.worker()
    early = city.approved("Your chain is ready.")
    wait_for(lambda: all_sent(city, early), SOON)

    city.redis.start()
    wait_for(lambda: "Redis answers again" in city.log(worker), SOON)
    later = city.approved("Your ring is ready.")

    wait_for(lambda: all_sent(city, later), SOON)
    assert city.bodies() == ["Your chain is ready.", "Your ring is ready."]
