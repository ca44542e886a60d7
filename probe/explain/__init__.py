"""What a code, an event or a text means and what to do: `exps explain` (PURE).

`lookup` takes what somebody pasted. First the whole of it as a code or name (a KRB-ERROR's number or name, an SSPI,
NTSTATUS or Win32 value, an enhanced status, an event, a cause of ours); then `lines` looks for what stands in it:
whose words they are (a reply's code means other things from Postfix, Google and Exchange), statuses of Kerberos and
Windows, which say why, events, and last SMTP's codes, which say that. Numbers overlap (37 is a KRB-ERROR, 4.7.0 a
dozen things), so all that fits is shown, the most telling first; what is vague is left out where something is clear,
and what is only close is offered as a question.

The knowledge is data: `tables` says which causes a code points at, likeliest first, `events` what Windows' logs say,
`phrases` what programs write, `advice` what to do where no cause's remedies fit; `entries` puts them together. Names
and meanings of codes are in `probe.codes`, remedies in `probe.causes`: this folder repeats neither. `matching` finds
phrases, as whole words and without accents; `mechanism` reads how a refused log-on was made.
"""
