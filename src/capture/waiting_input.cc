#include "waiting_input.h"

#include <unistd.h>

#include <cerrno>
#include <memory>

namespace ntm {
namespace {

struct Input {
  int descriptor;
  InputWaiter* waiter;
};

ssize_t Read(void* cookie, char* buffer, size_t size) {
  const auto& input = *static_cast<const Input*>(cookie);
  if (!input.waiter->WaitForInput(input.descriptor)) return 0;
  ssize_t got = 0;
  do {
    got = read(input.descriptor, buffer, size);
  } while (got < 0 && errno == EINTR);
  return got;
}

int Close(void* cookie) {
  const std::unique_ptr<Input> input(static_cast<Input*>(cookie));
  return close(input->descriptor);
}

}  // namespace

std::FILE* OpenWaitingInput(int descriptor, InputWaiter* waiter) {
  auto input = std::make_unique<Input>(Input{descriptor, waiter});
  const cookie_io_functions_t functions{&Read, nullptr, nullptr, &Close};
  std::FILE* file = fopencookie(input.get(), "rb", functions);
  if (file != nullptr) static_cast<void>(input.release());
  return file;
}

}  // namespace ntm
