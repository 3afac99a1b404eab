"""A generator that lets a studio for many stages compose: to the studio process one like any other."""

from emo_osc.core.affect import Affect
from emo_osc.core.score import Melody
from emo_osc.protocol.farm_wire import About, Order, Work
from emo_osc.protocol.messages import ComposeRequest, Ready, Recompose, SetTargets, Vary
from emo_osc.studio.aims import Aims
from emo_osc.studio.generators import Composed
from emo_osc.studio.remote.farm_client import AwayError, FarmClient, OtherMakerError

TICKET = 0  # the farm's answers need none: each stands in the answer to its order


class FarmGenerator:
    """Composes over HTTP, for one stage; `is_seeded` sends the seeds there, for the melodies of a local studio."""

    def __init__(self, client: FarmClient, aims: Aims, name: str, *, is_seeded: bool, maker: str = "") -> None:
        """`name` is the generator to be found there, `maker` the checkpoint, empty for any."""
        self._client, self._aims = client, aims
        self._name, self._maker, self._is_seeded = name, maker, is_seeded
        self._about: About | None = None
        self.is_awaited = True
        """Whether somebody waits for what is ordered next."""

    @property
    def name(self) -> str:
        """The generator's name there."""
        return self._about.generator if self._about else self._name

    @property
    def device(self) -> str:
        """The device there, and where that is."""
        return f"{self._about.device if self._about else 'a device'} at {self._client.url}"

    @property
    def can_recompose(self) -> bool:
        """Whether the generator there can."""
        return self._about is not None and self._about.recomposes

    def reach(self) -> None:
        """Ask who composes there.

        Raises:
            AwayError: nobody does, or somebody else than was asked for.
        """
        self._about = None
        self._accept(self._client.about())

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def compose(self, affect: Affect, count: int, seed: int) -> list[Composed]:
        """`count` >= 1 melodies, nearest to the targets first."""
        return self._do(ComposeRequest(affect, TICKET, count), seed)

    def vary(self, melody: Melody, latent: str, affect: Affect, amount: float, count: int, seed: int) -> list[Composed]:
        """`count` >= 1 variations of a melody."""
        return self._do(Vary(melody, latent, affect, amount, TICKET, count), seed)

    def recompose(self, melody: Melody, step: int, affect: Affect, sources: object, seed: int) -> Composed:
        """A melody that continues one that sounds; the farm chooses the sources."""
        made = self._do(Recompose(melody, step, affect, TICKET), seed)
        if not made:
            raise AwayError(f"{self._client.url} answers with no melody")
        return made[0]

    def _do(self, work: Work, seed: int) -> list[Composed]:
        aims, maker = self._aims, self._about.maker if self._about else ""
        targets = SetTargets(aims.references, aims.density)
        order = Order(work, seed if self._is_seeded else None, targets, aims.is_locked, maker, self.is_awaited)
        about, melodies = self._client.compose(order)
        if about.maker != maker:
            raise OtherMakerError(f"{self._client.url}: {about.generator} {about.maker} composes there now")
        return [_composed(ready) for ready in melodies]

    def _accept(self, about: About) -> None:
        if about.generator != self._name:
            raise AwayError(
                f"{self._client.url} composes with {about.generator}, not {self._name}; "
                f"set generator.name to {about.generator}, or start the farm with --generator {self._name}"
            )
        if self._maker and about.maker != self._maker:
            raise AwayError(
                f"{self._client.url} composes with checkpoint {about.maker}, not {self._maker}; "
                "leave out generator.checkpoint, or start the farm with the same one"
            )
        self._about = about


def _composed(ready: Ready) -> Composed:
    return Composed(ready.melody, ready.measured, ready.distance, ready.seed, ready.latent, ready.chords, ready.backing)
