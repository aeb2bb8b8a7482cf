#pragma once

#include <ferry/protocol.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ferry::http::detail {

/// Keeps bytes to be looked at; wants no more than it was made for.
class memory_sink final : public sink {
  public:
    explicit memory_sink(std::uint64_t most) : most_(most) {}
    awaitable<result<std::uint64_t>> reserve(std::uint64_t most) override {
        co_return std::min<std::uint64_t>(most, most_ - bytes.size());
    }
    awaitable<result<void>> write(std::span<const std::byte> more) override {
        bytes.insert(bytes.end(), more.begin(), more.end());
        co_return result<void>();
    }
    direct_output direct() const noexcept override { return {}; }
    void accepted(std::uint64_t) override {}

    std::vector<std::byte> bytes = {};

  private:
    const std::uint64_t most_;
};

}  // namespace ferry::http::detail
