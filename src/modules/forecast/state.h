// Binary serialization of a state: numbers in the machine's own format, so that
// a value read is bit-identical to the one written.
//
// Shape    no tags: the reader must read in the order in which the writer
//          wrote. To be read on the same kind of machine.
// Threads  not synchronised.
// Errors   StateReader: after a read past the end every value is zero and ok()
//          is false.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace ntm::forecast {

class StateWriter {
 public:
  template <typename T>
  void Put(const T& value) {
    static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <typename T>
  void Put(const std::vector<T>& values) {
    static_assert(std::is_arithmetic_v<T>);
    Put(uint64_t{values.size()});
    bytes_.append(reinterpret_cast<const char*>(values.data()),
                  values.size() * sizeof(T));
  }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class StateReader {
 public:
  explicit StateReader(std::string_view bytes) : rest_(bytes) {}

  template <typename T>
  void Get(T* value) {
    static_assert(std::is_arithmetic_v<T> || std::is_enum_v<T>);
    *value = T{};
    if (rest_.size() < sizeof(T)) return Fail();
    std::memcpy(value, rest_.data(), sizeof(T));
    rest_.remove_prefix(sizeof(T));
  }
  template <typename T>
  void Get(std::vector<T>* values) {
    uint64_t count = 0;
    Get(&count);
    values->clear();
    if (count > rest_.size() / sizeof(T)) return Fail();
    values->resize(count);
    if (count == 0) return;  // memcpy must not get a null pointer
    std::memcpy(values->data(), rest_.data(), count * sizeof(T));
    rest_.remove_prefix(count * sizeof(T));
  }
  bool ok() const noexcept { return ok_; }
  bool at_end() const noexcept { return rest_.empty(); }

 private:
  void Fail() {
    ok_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace ntm::forecast
