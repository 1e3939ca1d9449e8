"""Options that stand for settings, made from the section that knows the settings.

They are made when a command is called or asked for help, not when the program starts: the sections
need pydantic, which takes longer to load than all the rest of the command line.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from pydantic import BaseModel

    from sentilora.section import Setting

_TITLES = {"lora": "LoRA"}


def settings_command(load: Callable[[], type[BaseModel]]) -> type[TyperCommand]:
    """Make the class of a command that takes the settings of a section as options.

    The command finds the settings that were given in ``context.obj``, by their dotted names.

    Args:
        load: imports the section.
    """

    class SettingsCommand(TyperCommand):
        _settings: dict[str, Setting] | None = None  # by the name of the parameter
        _options: list[Any]

        def get_params(self, ctx: Any) -> list[Any]:
            """Return the arguments, the options of the settings, and the command's own options."""
            params = super().get_params(ctx)
            arguments = [param for param in params if param.param_type_name == "argument"]
            return [*arguments, *self._made(), *params[len(arguments) :]]

        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            """Read the options, and put the settings aside for the command."""
            left = super().parse_args(ctx, args)
            assert self._settings is not None
            values = {key: ctx.params.pop(key) for key in self._settings if key in ctx.params}
            chosen = {
                self._settings[key].key: _value(self._settings[key], value)
                for key, value in values.items()
            }
            ctx.obj = {key: value for key, value in chosen.items() if value is not None}
            return left

        def _made(self) -> list[Any]:
            if self._settings is None:
                from sentilora.section import offered_settings

                settings = list(offered_settings(load()))
                self._settings = {f"setting_{place}": one for place, one in enumerate(settings)}
                self._options = _options_of(self._settings)
            return self._options

    return SettingsCommand


def _table_section() -> type[BaseModel]:
    from sentilora.data_settings import TableSection

    return TableSection


# The command of who reads files: how they are read stands in ``context.obj``.
ReadingCommand = settings_command(_table_section)


def _options_of(settings: dict[str, Setting]) -> list[Any]:
    """Have typer make the options, from a function that has them as parameters."""

    def take(**values: Any) -> None:
        """Take no part in anything but this."""

    take.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [_parameter(name, setting) for name, setting in settings.items()]
    )
    app = typer.Typer(add_completion=False)
    app.command()(take)
    return list(typer.main.get_command(app).params)


def _parameter(name: str, setting: Setting) -> inspect.Parameter:
    is_switch = setting.kind is bool
    section = setting.key.rpartition(".")[0]
    option = typer.Option(
        f"--{setting.name.replace('_', '-')}",
        help=help_of(setting),
        metavar=setting.offer.value or _forms(setting),
        rich_help_panel=setting.offer.panel or _TITLES.get(section, section.capitalize()) or None,
        show_default=False,
    )
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=False if is_switch else None,
        annotation=Annotated[_kind(setting), option],
    )


def _kind(setting: Setting) -> Any:
    """Return what typer reads; whether a value is allowed is for the section to say."""
    if setting.kind is bool:
        return bool
    if setting.offer.repeats:
        return list[str] | None
    return (setting.kind if setting.kind in (int, float) else str) | None


def _forms(setting: Setting) -> str | None:
    forms: dict[type, str] = {list: "NAME,NAME…", dict: "ROLE=NAME,…"}
    return forms.get(setting.kind)


def help_of(setting: Setting) -> str:
    """Return the help of a setting: what it means, what it may be, and its default."""
    text = setting.meaning[0].upper() + setting.meaning[1:]
    if setting.choices:
        *others, last = map(str, setting.choices)
        head, mark, more = text.partition(";")
        text = f"{head} ({', '.join(others)} or {last}){mark}{more}"
    if setting.kind is bool or setting.default in (None, "", [], {}):
        return f"{text}."
    default = setting.default
    return f"{text}. Default: {f'{default:g}' if isinstance(default, float) else default}."


def _value(setting: Setting, value: Any) -> Any:
    """Return what was given as the section wants it; None if nothing was."""
    if setting.kind is bool:
        return not setting.default if value else None
    if setting.offer.repeats:
        return list(value) if value else None
    if setting.kind is list:
        return [part.strip() for part in value.split(",")] if value else None
    if setting.kind is dict:
        from sentilora.data.pairs.pair_columns import parse_pair_columns

        return parse_pair_columns(value) or None
    return value
