// Fuzzes label values: a sample is always one line of valid UTF-8, and what
// protobuf gets is valid without escaping.
#include "ntm/exposition/exposition.h"

#include "fuzz.h"
#include "ntm/exposition/sample_message.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string out;
  ntm::Exposition::AppendLabelValue(ntm::fuzz::Text(data, size), &out);
  for (size_t i = 0; i < out.size(); ++i) {
    if (out[i] == '\n' || out[i] == '\0') __builtin_trap();
    if (out[i] == '"') __builtin_trap();  // not escaped
    if (out[i] == '\\' && ++i == out.size()) __builtin_trap();
  }
  std::string again;
  // Escaping changes valid UTF-8 only at the three escaped characters.
  ntm::Exposition::AppendLabelValue(out, &again);
  if (again.size() < out.size()) __builtin_trap();
  std::string valid;
  ntm::AppendValidText(ntm::fuzz::Text(data, size), &valid);
  std::string valid_again;
  ntm::AppendValidText(valid, &valid_again);
  if (valid != valid_again || valid.find('\0') != std::string::npos) {
    __builtin_trap();
  }
  return 0;
}
