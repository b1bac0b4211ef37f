/// Defines an enum whose values each have a key of the words.
macro_rules! keyed {
    ($(#[$doc:meta])* $name:ident { $($variant:ident => $key:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($variant,)+
        }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            pub fn key(self) -> &'static str {
                match self {
                    $(Self::$variant => $key,)+
                }
            }

            /// The value in words.
            pub fn in_words(self, words: $crate::words::Words) -> String {
                words.text(self.key())
            }
        }
    };
}

pub(super) use keyed;
