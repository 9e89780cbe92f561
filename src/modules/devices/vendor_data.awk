# Reads lines of IEEE's oui.txt, sorted by OUI:
#
#   F4BD9E     (base 16)		Cisco Systems, Inc
#
# and writes vendor_data.cc. Names are shortened to what a label needs: without legal
# forms and country, at most 24 characters of ASCII.

function shortened(name,    words, count, word, last, out, i) {
  gsub(/[^ -~]/, "", name)
  gsub(/["\\]/, "", name)
  sub(/ *[,(;].*/, "", name)
  count = split(name, words, " ")
  last = count
  while (last > 1 && tolower(words[last]) ~ forms) --last
  out = ""
  for (i = 1; i <= last; ++i) {
    word = words[i]
    # A word in capitals that is not an acronym
    if (length(word) > 4 && word ~ /^[A-Z]+$/) {
      word = substr(word, 1, 1) tolower(substr(word, 2))
    }
    if (out != "" && length(out) + 1 + length(word) > 24) break
    out = out (out == "" ? "" : " ") word
  }
  return substr(out, 1, 24)
}

BEGIN {
  forms = "^(inc|inc\\.|incorporated|ltd|ltd\\.|limited|co|co\\.|co\\.ltd|corp|" \
    "corp\\.|corporation|company|llc|llc\\.|gmbh|ag|kg|s\\.a\\.|sa|sas|spa|" \
    "s\\.p\\.a\\.|srl|s\\.r\\.l\\.|b\\.v\\.|bv|ab|oy|as|a/s|aps|plc|pte|pty|pvt|" \
    "private|technologies|technology|electronics|international|&|\\.)$"
  bytes = 0
  count = 0
  text = ""
}

/\(base 16\)/ {
  oui = $1
  name = $0
  sub(/^[0-9A-F]+ *\(base 16\)[ \t]*/, "", name)
  name = shortened(name)
  # Blocks that are divided among several owners, and owners that are not named
  if (name == "" || name == "Private" || name ~ /^IEEE Registration/) next
  if (oui == previous) next
  previous = oui
  if (!(name in offsets)) {
    offsets[name] = bytes
    bytes += length(name) + 1
    texts[++names] = name
  }
  ouis[++count] = oui
  at[count] = offsets[name]
}

END {
  print "#include \"vendor_data.h\"\n\nnamespace ntm::devices {\n"
  print "const size_t kVendorCount = " count + 0 ";"
  print "const uint32_t kVendorOuis[] = {"
  for (i = 1; i <= count; ++i) print "0x" ouis[i] ","
  if (count == 0) print "0"
  print "};\nconst uint32_t kVendorTextOffsets[] = {"
  for (i = 1; i <= count; ++i) print at[i] ","
  if (count == 0) print "0"
  print "};\nconst char kVendorTexts[] ="
  for (i = 1; i <= names; ++i) print "\"" texts[i] "\\0\""
  print "\"\";\n\n}  // namespace ntm::devices"
}
