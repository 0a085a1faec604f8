"""Turns a config directory into one frozen Config, or into the list of everything wrong with it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from watcher.config import validate
from watcher.config.files import TomlFile, overlay, read_files
from watcher.config.mail import MailServer, mail_server
from watcher.config.scale import Cluster, cluster_of
from watcher.config.schema import (
    AlertTable,
    Defaults,
    DigestsFile,
    DigestTable,
    General,
    MainFile,
    SourcesFile,
    SourceTable,
)
from watcher.config.templates import Own, own_templates
from watcher.errors import ConfigError, Problem
from watcher.model import RuleBook, Source


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the user decided, checked but for what needs the compiled rules (see `app`)."""

    directory: Path
    files: Mapping[str, TomlFile]
    database: Path
    main: MainFile
    smtp: MailServer | None
    sources: tuple[Source, ...]
    digests: tuple[DigestTable, ...]
    alerts: tuple[AlertTable, ...]
    templates: Own
    book: RuleBook
    secrets: Mapping[str, str] = field(repr=False)  # by name, those that a source or a push asks for
    state_directory: Path | None  # systemd's; holds what relative state paths name
    cluster: Cluster | None  # None: all is done on this machine

    @property
    def timezone(self) -> ZoneInfo:
        """The zone for dates that name none, and for schedules."""
        return self.main.watcher.timezone

    def state_path(self, path: str) -> Path:
        """An absolute path for something we write."""
        return _state_path(path, self.directory, self.state_directory)


def find_directory(given: Path | None, env: Mapping[str, str]) -> Path:
    """The config directory: --config, $WATCHER_CONFIG, ./config, the user's, the system's.

    Raises ConfigError when none is there.
    """
    if given is not None or env.get("WATCHER_CONFIG"):
        wanted = given or Path(env["WATCHER_CONFIG"])
        if not wanted.is_dir():
            raise ConfigError([Problem(wanted, "", "is no directory", f"'watcher init {wanted}' makes one")])
        return wanted.absolute()
    home = Path(env.get("XDG_CONFIG_HOME") or Path(env.get("HOME", "/")) / ".config")
    tried = [Path("config").absolute(), home / "watcher", Path("/etc/watcher")]
    for directory in tried:
        if (directory / "watcher.toml").is_file() or (directory / "sources.toml").is_file():
            return directory
    looked = " nor ".join(map(str, tried[1:]))
    raise ConfigError(
        [Problem(tried[0], "", f"holds no config, nor does {looked}", "'watcher init' makes one")]
    )


def load(directory: Path, env: Mapping[str, str]) -> Config:
    """Read and check all files. Raises ConfigError that carries every problem found."""
    files, problems = read_files(directory)
    problems += overlay(files, env)
    main = validate.validated(MainFile, files["watcher"], problems)
    listed = validate.validated(SourcesFile, files["sources"], problems)
    digests = validate.validated(DigestsFile, files["digests"], problems)
    book = validate.rule_book(files, problems)
    cluster = cluster_of(main.scale, files["watcher"], problems)
    smtp = mail_server(main.smtp, files["watcher"], env, problems)
    secrets = validate.secrets_of(files["sources"], listed.source, env, problems)
    problems += validate.repeated(files["sources"], "source", "id", [s.id for s in listed.source])
    problems += validate.repeated(files["sources"], "source", "url", [s.url for s in listed.source])
    problems += validate.repeated(files["digests"], "digest", "id", [d.id for d in digests.digest])
    problems += validate.repeated(files["digests"], "alert", "id", [a.id for a in digests.alert])
    secrets |= validate.push_secrets(files["digests"], digests, env, problems)
    templates = own_templates(directory, problems)
    problems += validate.forbidden_secrets(files["watcher"])
    if problems:
        raise ConfigError(problems)
    state = Path(env["STATE_DIRECTORY"].split(":")[0]) if env.get("STATE_DIRECTORY") else None
    return Config(
        directory=directory,
        files=files,
        database=_state_path(main.watcher.database, directory, state),
        main=main,
        smtp=smtp,
        sources=tuple(_source(s, listed.defaults, main.watcher, directory) for s in listed.source),
        digests=digests.digest,
        alerts=digests.alert,
        templates=templates,
        book=replace(book, figures=main.watcher.figures),
        secrets=secrets,
        state_directory=state,
        cluster=cluster,
    )


def _source(table: SourceTable, defaults: Defaults, general: General, directory: Path) -> Source:
    location = table.url or str(_beside(table.path or "", directory))
    return Source(
        id=table.id,
        kind=table.kind,
        title=table.title or table.id,
        location=location,
        timezone=table.timezone or defaults.timezone or general.timezone,
        interval=table.interval or defaults.interval,
        mirrors=table.mirrors,
        headers=tuple(table.headers.items()),
        glob=table.glob if table.kind == "folder" else (),
        topics=table.topics,
        regions=table.regions,
        expect_every=table.expect_every,
        boilerplate=table.boilerplate,
        fulltext=table.fulltext,
        identity=table.identity,
        enabled=table.enabled,
    )


def _beside(path: str, directory: Path) -> Path:
    return Path(os.path.normpath(directory / Path(path).expanduser()))


def _state_path(path: str, directory: Path, state: Path | None) -> Path:
    wanted = Path(path).expanduser()
    if state is None or wanted.is_absolute():
        return _beside(path, directory)
    # Under systemd nothing but the state directory may be written: "../var/x" stays inside of it.
    return state.joinpath(*(part for part in wanted.parts if part != ".."))
