#pragma once

#include <cstddef>
#include <string_view>

namespace ferry::cli {

/// Takes finished lines for people: plain text that is safe for a terminal, no line end.
class line_output {
  public:
    virtual ~line_output() = default;
    virtual void line(std::string_view text) = 0;
};

/// Writes each line at once.
class plain_lines final : public line_output {
  public:
    explicit plain_lines(int descriptor) : descriptor_(descriptor) {}
    void line(std::string_view text) override;

  private:
    int descriptor_;
};

/// Writes all of `text`; false if nobody takes it any more (EPIPE, a full disk).
bool write_all(int descriptor, std::string_view text) noexcept;

/// Writes a result to standard output. Why it cannot be written is told on standard error.
/// @return  False: it could not. A reader that has left only wants no more of it.
bool print_all(std::string_view text);

/// One line on standard error: "ferry: " and the text.
void complain(std::string_view text);

struct terminal_size {
    std::size_t rows = 24;
    std::size_t columns = 80;
};

/// The size that the window has now; the default where there is none.
terminal_size size_of_terminal(int descriptor) noexcept;

/// A terminal that understands cursor movements.
bool is_terminal(int descriptor) noexcept;

}  // namespace ferry::cli
