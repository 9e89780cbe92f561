// Label values: whatever they are, a sample stays one line of valid UTF-8.
#include "ntm/exposition/exposition.h"

#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string out;
  ntm::Exposition::AppendLabelValue(ntm::fuzz::Text(data, size), &out);
  for (size_t i = 0; i < out.size(); ++i) {
    if (out[i] == '\n' || out[i] == '\0') __builtin_trap();
    if (out[i] == '"') __builtin_trap();  // one that no backslash guards
    if (out[i] == '\\' && ++i == out.size()) __builtin_trap();
  }
  std::string again;
  // Escaping leaves what is valid as it is, but for the three characters.
  ntm::Exposition::AppendLabelValue(out, &again);
  if (again.size() < out.size()) __builtin_trap();
  return 0;
}
