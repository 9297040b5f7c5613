"""What cannot be read in a ballot file: each refusal names the line, counted from 1."""

from essaim.kernel.errors import N_, BadInput


class BadFile(BadInput):
    """A ballot file that cannot be read."""

    code = "tally.bad-file"
    sentence = N_("This ballot file cannot be read.")


class UnknownKind(BadFile):
    code = "tally.unknown-kind"
    sentence = N_(
        "This is no known kind of ballot file: .soc, .soi, .toc, .toi (PrefLib), .pb (Pabulib) or"
        " .csv."
    )


class EmptyFile(BadFile):
    code = "tally.empty-file"
    sentence = N_("There is not one ballot in this file.")


class CountMissing(BadFile):
    code = "tally.count-missing"
    sentence = N_("Line {line}: a ballot begins with how many voters cast it, as in “12: 1,2,3”.")


class BadCount(BadFile):
    code = "tally.bad-count"
    sentence = N_("Line {line}: “{text}” is not a number of voters.")


class BadOption(BadFile):
    code = "tally.bad-option"
    sentence = N_("Line {line}: “{text}” is not the number of an option.")


class UnknownOption(BadFile):
    code = "tally.unknown-option"
    sentence = N_("Line {line}: “{text}” is not on the list of options.")


class OptionTwice(BadFile):
    code = "tally.option-twice"
    sentence = N_("Line {line}: “{text}” stands twice on one ballot.")


class BadBraces(BadFile):
    code = "tally.bad-braces"
    sentence = N_("Line {line}: a brace is opened or closed where it should not be.")


class HeaderCutShort(BadFile):
    code = "tally.header-cut-short"
    sentence = N_("Line {line}: the list of options or the number of voters is missing here.")


class TooManyOptions(BadFile):
    code = "tally.too-many-options"
    sentence = N_("Line {line}: at most {maximum} options can be counted.")


class OptionsDoNotAddUp(BadFile):
    code = "tally.options-do-not-add-up"
    sentence = N_("Line {line}: {announced} options are announced, and ballots name {found}.")


class NameTwice(BadFile):
    code = "tally.name-twice"
    sentence = N_("Line {line}: “{text}” stands twice on the list.")


class WrongNumberOfCells(BadFile):
    code = "tally.wrong-number-of-cells"
    sentence = N_("Line {line}: {wanted} cells are expected and {found} were found.")


class BadMark(BadFile):
    code = "tally.bad-mark"
    sentence = N_("Line {line}: “{text}” is no mark that can be counted here.")


class BadWeight(BadFile):
    code = "tally.bad-weight"
    sentence = N_("Line {line}: “{text}” is no weight: a positive number is.")


class CollegeMissing(BadFile):
    code = "tally.college-missing"
    sentence = N_("Line {line}: this ballot belongs to no college.")


class BadTable(BadFile):
    code = "tally.bad-table"
    sentence = N_("Line {line}: the quotes of this line do not close.")


class SectionMissing(BadFile):
    code = "tally.section-missing"
    sentence = N_("Line {line}: the section {text} is missing or empty.")


class ColumnMissing(BadFile):
    code = "tally.column-missing"
    sentence = N_("Line {line}: the column “{text}” is missing.")


class BadAmount(BadFile):
    code = "tally.bad-amount"
    sentence = N_("Line {line}: “{text}” is no amount: a positive number is.")


class UnknownVoteType(BadFile):
    code = "tally.unknown-vote-type"
    sentence = N_(
        "Line {line}: “{text}” is no known type of vote: approval, ordinal, cumulative or scoring."
    )
