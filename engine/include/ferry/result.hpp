#pragma once

#include <ferry/error.hpp>

#include <optional>
#include <system_error>
#include <utility>
#include <variant>

namespace ferry {

/// A value, or the failure that kept us from having it. A default one holds an empty failure.
template <class T>
class [[nodiscard]] result {
  public:
    using value_type = T;

    result() = default;
    result(T value) : state_(std::in_place_index<1>, std::move(value)) {}
    result(failure why) : state_(std::in_place_index<0>, std::move(why)) {}
    result(errc code) : result(failure{code}) {}

    bool has_value() const noexcept { return state_.index() == 1; }
    explicit operator bool() const noexcept { return has_value(); }

    /// Precondition of the three: has_value().
    T& operator*() & { return *std::get_if<1>(&state_); }
    const T& operator*() const& { return *std::get_if<1>(&state_); }
    T&& operator*() && { return std::move(*std::get_if<1>(&state_)); }
    T* operator->() { return std::get_if<1>(&state_); }
    const T* operator->() const { return std::get_if<1>(&state_); }

    /// Precondition: !has_value().
    failure& error() { return *std::get_if<0>(&state_); }
    const failure& error() const { return *std::get_if<0>(&state_); }

    /// The value; throws std::system_error for users who prefer exceptions.
    T& value() & {
        if (!has_value()) throw std::system_error(error().code, error().detail);
        return **this;
    }
    T&& value() && { return std::move(value()); }

  private:
    std::variant<failure, T> state_;
};

/// Success, or a failure. A default one is a success.
template <>
class [[nodiscard]] result<void> {
  public:
    using value_type = void;

    result() = default;
    result(failure why) : why_(std::move(why)) {}
    result(errc code) : result(failure{code}) {}

    bool has_value() const noexcept { return !why_; }
    explicit operator bool() const noexcept { return has_value(); }

    /// Precondition: !has_value().
    failure& error() { return *why_; }
    const failure& error() const { return *why_; }

    void value() const {
        if (why_) throw std::system_error(why_->code, why_->detail);
    }

  private:
    std::optional<failure> why_;
};

}  // namespace ferry
