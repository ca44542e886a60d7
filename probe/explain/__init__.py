"""What a code, an event or a text means and what to do: `exps explain` (PURE).

`lookup` takes what somebody pasted. First the whole of it as a code or name (a KRB-ERROR's number or name, an SSPI or
NTSTATUS value, an enhanced status, an event, a cause of ours); then what stands in it as a line of a log: statuses of
Kerberos and Windows before SMTP's, because those say why and these say that. Numbers overlap (37 is a KRB-ERROR,
4.7.0 a dozen things), so all that fits is shown, the most telling first, and what is only close is offered as a
question.

The knowledge is data: `tables` says which causes a code points at, likeliest first, `phrases` what programs write,
`advice` what to do where no cause's remedies fit. Names and meanings of codes are in `probe.codes`, remedies in
`probe.causes`: this folder repeats neither.
"""
