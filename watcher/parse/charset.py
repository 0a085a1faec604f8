"""The charset that a Content-Type names."""


def charset(content_type: str | None) -> str | None:
    """`gbk` of `text/xml; charset=gbk`, as it stands there; None where it names none."""
    for parameter in (content_type or "").split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip()
    return None
